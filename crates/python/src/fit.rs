//! How well each model of the script suits each workload.

use lanes_core::Fit::{self, Natural, Possible, Unsuitable};

/// How well a model suits a workload, with the reason; `None` for a name that
/// is not of [`crate::MODELS`] or not of the catalogue.
pub fn fit(model: &str, workload: &str) -> Option<Fit> {
    let fit = match model {
        "python-sequential" => sequential(workload)?,
        "python-threads" => threads(workload)?,
        "python-thread-pool" => thread_pool(workload)?,
        "python-process-pool" => process_pool(workload)?,
        "python-asyncio" => asyncio(workload)?,
        "python-subinterpreters" => subinterpreters(workload)?,
        _ => return None,
    };
    Some(fit)
}

const TURNS: &str =
    "threads that compute take turns under the GIL; without one it would suit";
const ITSELF: &str = "refused: a task that waits for its halves keeps its \
                      worker, and the pool would wait for itself";
const PICKLED: &str =
    "computes at once, and pays for numbers that are pickled there and back";

fn sequential(workload: &str) -> Option<Fit> {
    Some(match workload {
        "max" => Natural("one pass in C over an array"),
        "double" => Natural("one list comprehension after the other"),
        "join" => Possible("the second part waits for the first"),
        "subtasks" => Possible("nothing else happens while one subtask waits"),
        "fetch" => Unsuitable("one request in flight: the sum of all delays"),
        "read" => Natural("one pass over the files, read and parsed in turn"),
        "counter" => Possible("a lock that nobody else wants; atomic refused"),
        "event" => Possible("nobody is woken: the price of the bookkeeping"),
        "spawn" => Possible("a task is a call"),
        "fib" => Possible("a fork is a call"),
        _ => return None,
    })
}

fn threads(workload: &str) -> Option<Fit> {
    Some(match workload {
        "max" | "double" | "join" => Unsuitable(TURNS),
        "subtasks" => Possible("waits overlap, compute takes turns"),
        "fetch" => Natural("a thread that waits lets go of the GIL"),
        "read" => Possible("files are waited for at once, parsed in turns"),
        "counter" => Natural("what locks are for; atomic refused"),
        "event" => Natural("a threading.Event for each player"),
        "spawn" => Unsuitable("a thread of the system for each empty task"),
        "fib" => Unsuitable("a thread a fork; refused above 2,000 forks"),
        _ => return None,
    })
}

fn thread_pool(workload: &str) -> Option<Fit> {
    Some(match workload {
        "max" | "double" | "join" => Unsuitable(TURNS),
        "subtasks" => Possible("waits overlap as far as there are threads"),
        "fetch" => Possible("as many requests at once as the pool has threads"),
        "read" => Possible("files are waited for at once, parsed in turns"),
        "counter" => Natural("what locks are for; atomic refused"),
        "event" => Possible("two threads of the pool are kept from others"),
        "spawn" => Natural("a queue of small tasks is what a pool is for"),
        "fib" => Unsuitable(ITSELF),
        _ => return None,
    })
}

fn process_pool(workload: &str) -> Option<Fit> {
    Some(match workload {
        "max" => Possible(PICKLED),
        "double" => Unsuitable("the answer costs more to bring than to make"),
        "join" => Unsuitable("the list goes there twice, and comes back once"),
        "subtasks" => Natural("compute and waits overlap, on small inputs"),
        "fetch" => {
            Possible("as many requests at once as the pool has processes")
        }
        "read" => Natural("names go there, numbers come back"),
        "counter" => Possible(
            "a lock of the system around shared memory; atomic refused",
        ),
        "event" => Possible("tokens go through pipes of the system"),
        "spawn" => Unsuitable("two pipes and two threads for an empty task"),
        "fib" => Unsuitable(ITSELF),
        _ => return None,
    })
}

fn asyncio(workload: &str) -> Option<Fit> {
    Some(match workload {
        "max" | "double" | "join" => {
            Unsuitable("one thread computes, and whoever computes stops all")
        }
        "subtasks" => Possible("waits overlap, compute stops the loop"),
        "fetch" => Natural("many waits in one thread"),
        "read" => Possible("the loop has no files: threads wait for them"),
        "counter" => {
            Possible("no lock would be needed between awaits; atomic refused")
        }
        "event" => Natural("the loop wakes the next coroutine itself"),
        "spawn" => Natural("a task is an object in a queue of the loop"),
        "fib" => Possible("a task a fork, all in one thread"),
        _ => return None,
    })
}

fn subinterpreters(workload: &str) -> Option<Fit> {
    Some(match workload {
        "max" => Possible(PICKLED),
        "double" => Unsuitable("the answer costs more to bring than to make"),
        "join" => Unsuitable("the list goes there twice, and comes back once"),
        "subtasks" => Natural("compute and waits overlap, on small inputs"),
        "fetch" => {
            Possible("as many requests at once as there are interpreters")
        }
        "read" => Natural("names go there, numbers come back"),
        "counter" => Unsuitable(
            "interpreters share no number and no lock: all but the sharded \
             form are refused",
        ),
        "event" => Possible("tokens go through pipes of the system"),
        "spawn" => Possible("code is compiled and bytes are copied for a task"),
        "fib" => Unsuitable(ITSELF),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MODELS;
    use lanes_core::WORKLOADS;

    #[test]
    fn every_cell_has_a_fit_of_one_sentence() {
        for model in MODELS {
            for workload in WORKLOADS {
                let fit = fit(model, workload.name).unwrap();
                let why = fit.reason();
                assert!(why.len() > 10 && !why.contains(". "), "{why}");
            }
            assert!(fit(model, "none").is_none());
        }
        assert!(fit("rayon", "max").is_none());
    }
}
