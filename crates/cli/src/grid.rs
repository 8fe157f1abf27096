//! Marks in a grid with names on two sides, as narrow as it can be.

use std::ops::RangeInclusive;

/// Names down, names across, and a mark for each pair.
pub(crate) struct Grid<'a> {
    /// What stands above the names that go down.
    pub(crate) corner: &'static str,
    pub(crate) down: Vec<&'a str>,
    pub(crate) across: Vec<&'a str>,
    /// The marks of each row, one letter each.
    pub(crate) marks: Vec<Vec<&'static str>>,
}

/// What lies between two columns, if that is not too wide; otherwise less.
const GAPS: [&str; 2] = ["  ", " "];
/// No wider than this if it can be.
const WIDE: usize = 100;
/// Names that go across stand on so many lines in turns where they would be too
/// wide on one, and reach over the columns between: on the fewest that do.
const STEPS: RangeInclusive<usize> = 4..=8;

impl<'a> Grid<'a> {
    /// The grid as text: with its sides changed, if that is narrower.
    pub(crate) fn text(self, other: &'static str) -> String {
        let turned = self.turned(other);
        let narrower = |drawn: &dyn Fn(&Self) -> String| {
            let [own, turned] = [&self, &turned].map(drawn);
            if width(&turned) < width(&own) { turned } else { own }
        };
        let [apart, close] =
            GAPS.map(|gap| narrower(&|grid: &Self| grid.drawn(gap)));
        if width(&apart) <= WIDE {
            apart
        } else if width(&close) <= WIDE {
            close
        } else {
            let mut steps =
                STEPS.map(|steps| narrower(&|grid: &Self| grid.stepped(steps)));
            steps.find(|text| width(text) <= WIDE).unwrap_or(close)
        }
    }

    /// With names across that go down in so many steps.
    fn stepped(&self, steps: usize) -> String {
        let names = [self.corner].into_iter().chain(self.down.iter().copied());
        let names = names.map(letters).max().unwrap_or(0) + 2;
        let longest = self.across.iter().map(|name| letters(name)).max();
        let column = (longest.unwrap_or(0) + 1).div_ceil(steps).max(2);
        let mut text = String::new();
        for step in 0..steps {
            let last = step + 1 == steps;
            let corner = if last { self.corner } else { "" };
            let mut line = padded(corner, names + step * column);
            for name in self.across.iter().skip(step).step_by(steps) {
                line += &padded(name, steps * column);
            }
            text += line.trim_end();
            text.push('\n');
        }
        for (name, marks) in self.down.iter().zip(&self.marks) {
            let mut line = padded(name, names);
            for mark in marks {
                line += &padded(mark, column);
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }

    /// What goes down goes across; `corner` stands above the names then.
    fn turned(&self, corner: &'static str) -> Self {
        let column = |at: usize| self.marks.iter().map(|row| row[at]).collect();
        Self {
            corner,
            down: self.across.clone(),
            across: self.down.clone(),
            marks: (0..self.across.len()).map(column).collect(),
        }
    }

    fn drawn(&self, gap: &str) -> String {
        let headings: Vec<Vec<&str>> =
            self.across.iter().map(|name| parts(name)).collect();
        let lines = headings.iter().map(Vec::len).max().unwrap_or(1);
        let names = [self.corner].into_iter().chain(self.down.iter().copied());
        let names = names.map(letters).max().unwrap_or(0);
        let wide = |parts: &Vec<&str>| {
            parts.iter().map(|part| letters(part)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = headings.iter().map(wide).collect();
        let mut text = String::new();
        let mut line = |name: &str, cells: &[&str]| {
            let mut line = padded(name, names);
            for (cell, width) in cells.iter().zip(&widths) {
                line += gap;
                line += &padded(cell, *width);
            }
            text += line.trim_end();
            text.push('\n');
        };
        for number in 0..lines {
            // The last parts stand right above the marks.
            let part = |parts: &Vec<&'a str>| {
                let before = lines - parts.len();
                number.checked_sub(before).map_or("", |at| parts[at])
            };
            let cells: Vec<&str> = headings.iter().map(part).collect();
            let is_last = number + 1 == lines;
            line(if is_last { self.corner } else { "" }, &cells);
        }
        for (name, marks) in self.down.iter().zip(&self.marks) {
            line(name, marks);
        }
        text
    }
}

/// A name in lines, broken after its hyphens.
fn parts(name: &str) -> Vec<&str> {
    name.split_inclusive('-').collect()
}

fn letters(text: &str) -> usize {
    text.chars().count()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:width$}")
}

/// How many letters the widest line has.
pub(crate) fn width(text: &str) -> usize {
    text.lines().map(letters).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid<'static> {
        Grid {
            corner: "workload",
            down: vec!["max", "fib"],
            across: vec!["rayon", "async-std"],
            marks: vec![vec!["+", "o"], vec!["-", "."]],
        }
    }

    #[test]
    fn marks_stand_below_names_that_break_at_hyphens() {
        let text = grid().drawn("  ");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "                 async-");
        assert_eq!(lines[1], "workload  rayon  std");
        assert_eq!(lines[2], "max       +      o");
        assert_eq!(lines[3], "fib       -      .");
    }

    #[test]
    fn the_narrower_way_is_drawn() {
        let few = grid().text("model");
        // model      max  fib
        assert!(few.starts_with("model      max  fib\n"), "{few}");
        assert!(few.contains("async-std  o    .\n"), "{few}");
        let mut many = grid();
        many.down = vec!["a-rather-long-name"; 2];
        many.corner = "";
        let drawn = many.drawn("  ");
        let turned = many.turned("model").drawn("  ");
        let least = width(&drawn).min(width(&turned));
        assert_eq!(width(&many.text("model")), least);
    }
    #[test]
    fn columns_stand_closer_where_they_would_be_too_wide() {
        let names: Vec<String> = (10..40).map(|n| n.to_string()).collect();
        let across: Vec<&str> = names.iter().map(String::as_str).collect();
        let marks = vec![vec!["+"; across.len()]; across.len()];
        let down = across.clone();
        let grid = Grid { corner: "", down, across, marks };
        let (apart, close) = (grid.drawn("  "), grid.drawn(" "));
        assert!(width(&apart) > WIDE, "{apart}");
        assert_eq!(grid.text(""), close);
    }

    #[test]
    fn names_go_down_in_steps_where_columns_are_too_many() {
        let names: Vec<String> = (10..40).map(|n| format!("name{n}")).collect();
        let across: Vec<&str> = names.iter().map(String::as_str).collect();
        let marks = vec![vec!["+"; across.len()]; across.len()];
        let down = across.clone();
        let grid = Grid { corner: "both", down, across, marks };
        let text = grid.text("both");
        assert!(width(&text) <= WIDE, "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].trim_start().starts_with("name10  name14"), "{text}");
        assert!(lines[3].starts_with("both "), "{text}");
        // Each name begins right above its marks.
        for (number, name) in names.iter().enumerate() {
            let at = lines[number % 4].find(name.as_str()).unwrap();
            assert_eq!(&lines[4][at..=at], "+", "{name} in {text}");
        }
        // Longer names need more of them.
        let long: Vec<String> =
            names.iter().map(|name| format!("longer{name}")).collect();
        let grid = |columns: usize| {
            let across = long[..columns].iter().map(String::as_str).collect();
            let marks = vec![vec!["+"; columns]];
            Grid { corner: "both", down: vec!["row"], across, marks }
        };
        let text = grid(30).stepped(7);
        assert_eq!(text.lines().count(), 8, "{text}");
        assert!(width(&text) < width(&grid(30).stepped(4)), "{text}");
    }
}
