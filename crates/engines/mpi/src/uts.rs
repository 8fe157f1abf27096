//! `uts` in MPI, by work sharing (Dinan and others, "Dynamic load balancing of
//! unbalanced computations using message passing", 2007): rank 0 has the nodes
//! that nobody works on, and works itself while it waits for the others.
//!
//! - share: nothing; a rank is sent nodes, and sends those back that it has not
//!   come to
//! - start: a message with a share of the nodes to a rank that has none
//! - wait: a rank waits for nodes, and rank 0 where it has none either
//! - join: `MPI_Reduce` brings the counts of all to rank 0

use crate::{Given, Mpi, Program, Ranks};
use lanes_core::workload::{TreePlace, Uts};
use lanes_core::{Error, Fit, Job, Run};
use mpi::collective::SystemOperation;

impl Run<Uts> for Mpi {
    const FIT: Fit = Fit::Possible("the program itself has to send work about");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        let nodes = self.drive(job)?;
        job.finish(nodes)
    }
}

/// How many nodes a rank counts before it lets others have the rest.
const TURN: u64 = 4096;
/// How many rank 0 counts before it looks for messages.
const LOOK: u64 = 128;

impl Program for Uts {
    type Answer = u64;

    fn rank(ranks: &Ranks<'_>, given: &Given<Self>) -> Option<u64> {
        let job = Job::<Self>::with(given.size.clone(), &ranks.context);
        let counted = match ranks.is_root() {
            true => share_out(ranks, &job),
            false => take_part(ranks, &job),
        };
        ranks.reduce(counted, SystemOperation::sum())
    }
}

/// Rank 0, until no rank has a node left.
fn share_out(ranks: &Ranks<'_>, job: &Job<Uts>) -> u64 {
    let (mut nodes, mut waiting) = (vec![job.root().place()], Vec::new());
    let mut counted = 0;
    loop {
        let others_work = waiting.len() + 1 < ranks.count();
        let waits = nodes.is_empty() && others_work;
        if let Some((rank, left)) = ranks.receive::<TreePlace>(waits) {
            nodes.extend(left);
            waiting.push(rank);
            continue;
        }
        if nodes.is_empty() && !others_work {
            waiting.into_iter().for_each(|rank| ranks.send(rank, &nodes));
            return counted;
        }
        // The oldest are the highest, with most below them.
        while nodes.len() > 1
            && let Some(rank) = waiting.pop()
        {
            let share = (nodes.len() / (waiting.len() + 2)).max(1);
            let share: Vec<_> = nodes.drain(..share).collect();
            ranks.send(rank, &share);
        }
        counted += count(job, &mut nodes, LOOK);
    }
}

/// Another rank, until it is sent no node.
fn take_part(ranks: &Ranks<'_>, job: &Job<Uts>) -> u64 {
    let (mut nodes, mut counted) = (Vec::new(), 0);
    loop {
        ranks.send(0, &nodes);
        nodes = ranks.receive(true).map(|(_, nodes)| nodes).unwrap_or_default();
        if nodes.is_empty() {
            return counted;
        }
        counted += count(job, &mut nodes, TURN);
    }
}

/// Counts so many of these nodes and of those below them, or a few more. What
/// is left are nodes that nobody has come to.
fn count(job: &Job<Uts>, nodes: &mut Vec<TreePlace>, most: u64) -> u64 {
    let mut counted = 0;
    while counted < most
        && let Some(place) = nodes.pop()
    {
        let node = job.node(place);
        counted += node.leaf().unwrap_or_else(|| {
            let children = node.children().map(|child| node.child(child));
            nodes.extend(children.map(|child| child.place()));
            1
        });
    }
    counted
}
