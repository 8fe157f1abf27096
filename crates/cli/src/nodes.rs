//! `--nodes`: which models have nodes, where these are, and where their input
//! is.

use crate::args::Links;
use crate::fail::Fail;
use crate::models::Model;
use crate::namespaces::Namespaces;
use crate::say::note;
use lanes_core::{Input, Network};
use lanes_measure::session::{Contender, Nodes};
use lanes_measure::words::counted;

/// That there is nothing to do.
pub(crate) const NONE: &str = "no model with nodes is here, or named: \
     timely-processes has nodes, and so have python-dask, python-ray and those \
     that scripts/engines builds";

/// Where the input of a model may be, and of which workloads.
pub(crate) struct Own {
    input: Input,
    workloads: Vec<String>,
}

/// Each place where inputs of a model may be.
pub(crate) fn inputs(model: &Model) -> Vec<Option<Own>> {
    let cells = &model.described.cells;
    let own = [Input::Shipped, Input::Local].map(|input| {
        let here = cells.iter().filter(|cell| cell.inputs.contains(&input));
        let workloads = here.map(|cell| cell.workload.clone()).collect();
        Own { input, workloads }
    });
    let own = own.into_iter().filter(|own| !own.workloads.is_empty());
    own.map(Some).collect()
}

/// How a model with so many nodes is listed.
pub(crate) fn name(model: &str, nodes: usize, input: Input) -> String {
    let nodes = counted(nodes, "node");
    match input {
        Input::Shipped => format!("{model}, {nodes}"),
        Input::Local => format!("{model}, {nodes}, local"),
    }
}

/// Namespaces for nodes, where this process may make them; a line says where it
/// may not.
///
/// # Errors
/// [`Fail::Usage`] where namespaces, or a bandwidth, were asked for and there
/// can be none.
pub(crate) fn namespaces(links: &Links) -> Result<Option<Namespaces>, Fail> {
    if links.addresses {
        return Ok(None);
    }
    match Namespaces::open(links.bandwidth.clone()) {
        Ok(namespaces) => Ok(Some(namespaces)),
        Err(why) if links.bandwidth.is_some() => {
            Err(Fail::Failure(format!("--bandwidth: {why}")))
        }
        Err(why) => {
            note!("nodes have addresses of this machine: {why}");
            Ok(None)
        }
    }
}

impl Own {
    /// So many nodes, at addresses of this machine.
    pub(crate) fn of(&self, nodes: usize) -> Nodes {
        let (input, workloads) = (self.input, self.workloads.clone());
        let (network, counters) = (Network::loopback(nodes), Vec::new());
        Nodes { input, workloads, network, counters }
    }
}

/// Gives each contender with nodes a network of its own.
///
/// # Errors
/// [`Fail::Failure`] where it cannot be made.
pub(crate) fn place(
    contenders: &mut [Contender],
    namespaces: &Namespaces,
) -> Result<(), Fail> {
    for Contender { workers, nodes, .. } in contenders {
        let Some(nodes) = nodes else { continue };
        let apart = namespaces.apart(*workers).map_err(Fail::of)?;
        (nodes.network, nodes.counters) = (apart.network, apart.counters);
    }
    Ok(())
}
