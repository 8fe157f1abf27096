//! Which names a function of Python sets, and which it reads.

use crate::file::File;
use crate::nodes::{children, each};
use std::collections::HashSet;
use tree_sitter::Node;

/// A definition without what decorates it.
pub(crate) fn inner(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "decorated_definition" => {
            node.child_by_field_name("definition").unwrap_or(node)
        }
        _ => node,
    }
}

/// The names that a function, a class or an expression reads from its module,
/// and the attributes that it reads of such names, as `kernels.top`.
pub(crate) fn read<'a>(file: &'a File, node: Node<'_>) -> HashSet<&'a str> {
    let mut found = HashSet::new();
    collect(file, node, &mut found);
    found
}

fn collect<'a>(file: &'a File, node: Node<'_>, found: &mut HashSet<&'a str>) {
    if node.kind() == "class_definition" {
        let parts = ["superclasses", "body"];
        let parts = parts.map(|part| node.child_by_field_name(part));
        // Each method has names of its own.
        for part in parts.into_iter().flatten().flat_map(children) {
            let part = inner(part);
            if part.kind() != "class_definition" {
                collect(file, part, found);
            }
        }
        return;
    }
    let own = set(file, node);
    // Names of attributes, of keyword arguments and of the function itself.
    let mut others = HashSet::new();
    each(node, |node| {
        let field = match node.kind() {
            "attribute" => "attribute",
            "keyword_argument" | "function_definition" => "name",
            _ => "",
        };
        if let Some(name) = node.child_by_field_name(field) {
            others.insert(name.id());
        }
        let text = file.of(node);
        match node.kind() {
            "identifier"
                if !others.contains(&node.id()) && !own.contains(text) =>
            {
                found.insert(text);
            }
            "attribute" => {
                let object = text.split('.').next().unwrap_or_default();
                if text.split('.').count() == 2 && !own.contains(object) {
                    found.insert(text);
                }
            }
            _ => {}
        }
        true
    });
}

/// The names that a function sets, also those of functions inside of it.
fn set<'a>(file: &'a File, function: Node<'_>) -> HashSet<&'a str> {
    let mut own = HashSet::new();
    let mut global = HashSet::new();
    let targets = |node: Node<'_>, own: &mut HashSet<&'a str>| {
        each(node, |node| {
            if node.kind() == "identifier" {
                own.insert(file.of(node));
            }
            // A part of something else is set there; a default value and a type
            // are not set at all.
            !matches!(
                node.kind(),
                "attribute" | "subscript" | "default_parameter" | "type"
            )
        });
    };
    each(function, |node| {
        let field = match node.kind() {
            "function_definition" if node != function => "name",
            "assignment"
            | "augmented_assignment"
            | "for_statement"
            | "for_in_clause" => "left",
            "lambda" | "lambda_parameters" => "parameters",
            "default_parameter" | "named_expression" => "name",
            "as_pattern" => "alias",
            _ => "",
        };
        if let Some(node) = node.child_by_field_name(field) {
            targets(node, &mut own);
        }
        match node.kind() {
            "parameters" | "lambda_parameters" => targets(node, &mut own),
            "global_statement" => targets(node, &mut global),
            _ => {}
        }
        true
    });
    own.retain(|name| !global.contains(name));
    own
}
