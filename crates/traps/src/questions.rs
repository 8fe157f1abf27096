//! The questions that come back, and which command answers each.

use std::fmt::Write;

/// A question, as it comes back in trackers.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// The question, in one sentence.
    pub asks: &'static str,
    /// The addresses of public reports that ask it.
    pub issues: &'static [&'static str],
    /// The commands that answer it on this machine, the shortest first; none if
    /// it is not answered.
    pub commands: &'static [&'static str],
    /// What they show, in one sentence; or why there is no answer.
    pub shows: &'static str,
}

/// Every question, by the order in which they are numbered: from 1.
pub static QUESTIONS: [Question; 20] = [
    Question {
        asks: "From which length on is par_iter faster than iter, and with \
               which grain?",
        issues: &[
            "https://github.com/rayon-rs/rayon/issues/648",
            "https://github.com/rayon-rs/rayon/issues/1044",
        ],
        commands: &[
            "lanes traps rayon-small",
            "lanes crossover max --models rayon",
            "lanes metg --models rayon",
        ],
        shows: "The trap is a loop that is too short to be divided; the others \
                find the length from which on rayon is certainly faster than \
                the plain loop, and the smallest task that is worth starting.",
    },
    Question {
        asks: "What does a pool burn that is idle, or gets a little work now \
               and then?",
        issues: &[
            "https://github.com/rayon-rs/rayon/issues/642",
            "https://github.com/rayon-rs/rayon/issues/343",
        ],
        commands: &[
            "lanes traps rayon-idle",
            "lanes run trickle burst",
            "lanes claims tasks",
        ],
        shows: "The rows have the CPU time of every model beside that of the \
                plain loop, which has no workers that could look for work.",
    },
    Question {
        asks: "How does a program on tokio compute: inline, in spawn_blocking, \
               in block_in_place or in rayon?",
        issues: &[
            "https://github.com/tokio-rs/doc-push/issues/77",
            "https://github.com/apache/datafusion/issues/13692",
        ],
        commands: &[
            "lanes traps tokio-inline",
            "lanes run shape mandelbrot \
             --models tokio,tokio-blocking,tokio-rayon",
        ],
        shows: "The trap has a timer beside tasks that compute, inline and in \
                each of the three ways out; the rows have what a way out costs \
                where no timer suffers.",
    },
    Question {
        asks: "What happens in a storm of spawn_blocking?",
        issues: &[
            "https://github.com/tokio-rs/tokio/issues/8470",
            "https://github.com/tokio-rs/tokio/pull/7757",
        ],
        commands: &["lanes traps tokio-storm"],
        shows: "It counts the threads that a storm leaves behind, with a \
                semaphore, with a smaller pool and without either.",
    },
    Question {
        asks: "Why does a long task stall the task that it has just started?",
        issues: &["https://github.com/tokio-rs/tokio/issues/4941"],
        commands: &["lanes traps tokio-slot"],
        shows: "The newest task lies in a slot that idle workers do not steal \
                from, until the worker that has it gets to an await.",
    },
    Question {
        asks: "Are async file reads faster than blocking ones?",
        issues: &[
            "https://github.com/tokio-rs/tokio/issues/3664",
            "https://github.com/tokio-rs/tokio/issues/3164",
        ],
        commands: &["lanes traps tokio-files", "lanes run read"],
        shows: "The trap reads many small files, each by an async call and all \
                in one blocking call; the row reads larger ones in every \
                model.",
    },
    Question {
        asks: "May a lock be held while rayon works?",
        issues: &["https://github.com/rayon-rs/rayon/issues/592"],
        commands: &["lanes traps rayon-lock"],
        shows: "A worker that waits for its parts takes another task \
                meanwhile, and if that wants the lock, the program hangs.",
    },
    Question {
        asks: "May a task block in a worker of rayon?",
        issues: &[
            "https://github.com/rayon-rs/rayon/issues/779",
            "https://github.com/rayon-rs/rayon/issues/904",
        ],
        commands: &[
            "lanes traps rayon-blocking",
            "lanes run fetch --models rayon,threads,tokio",
        ],
        shows: "In the trap a neighbour starts only when a blocked worker is \
                back; in the row no more requests wait at once than there are \
                workers.",
    },
    Question {
        asks: "One runtime with many workers, or one for each core?",
        issues: &[
            "https://github.com/tokio-rs/tokio/issues/5771",
            "https://github.com/tokio-rs/tokio/issues/4564",
        ],
        commands: &["lanes run echo fetch spawn mandelbrot \
             --models tokio,tokio-per-core"],
        shows: "A server, requests and empty tasks show what is saved where no \
                task moves, and rows of pixels of different lengths what is \
                lost where none can.",
    },
    Question {
        asks: "smol or tokio?",
        issues: &[
            "https://github.com/smol-rs/smol/issues/210",
            "https://github.com/smol-rs/smol/issues/187",
        ],
        commands: &[
            "lanes run echo fetch spawn channel sleepers --models smol,tokio",
            "lanes advise --tasks 2000 --compute 20us --wait 5ms \
             --models smol,tokio",
        ],
        shows: "The rows compare a server, requests, empty tasks, queues and \
                timers of both in one session; the adviser does for a job of \
                your own.",
    },
    Question {
        asks: "Does par_iter divide well where a few items take much longer, \
               or is spawn better?",
        issues: &[
            "https://github.com/rayon-rs/rayon/issues/1204",
            "https://github.com/rayon-rs/rayon/issues/1054",
        ],
        commands: &[
            "lanes traps rayon-skewed",
            "lanes run mandelbrot uts --models rayon,crossbeam,tokio",
        ],
        shows: "In the trap the long items lie in one part, which is not \
                divided any more; the rows have skewed work in several models.",
    },
    Question {
        asks: "May a pool have more threads than the quota of its container \
               allows?",
        issues: &[
            "https://github.com/rust-lang/rust/issues/74479",
            "https://github.com/rayon-rs/rayon/pull/1167",
        ],
        commands: &["lanes traps rayon-quota", "lanes doctor --no-noise"],
        shows: "Threads that share one processor take turns, so that the first \
                answer comes almost with the last; the doctor names a quota.",
    },
    Question {
        asks: "What does memory cost that is far from its core (NUMA)?",
        issues: &["https://github.com/rayon-rs/rayon/issues/319"],
        commands: &[],
        shows: "Not here, because it needs a machine with several memory \
                nodes, and there was none to try a row on.",
    },
    Question {
        asks: "How long is it until cancelled work is gone, and how much is \
               done in vain?",
        issues: &[
            "https://github.com/rayon-rs/rayon/issues/1014",
            "https://github.com/tokio-rs/tokio/issues/1830",
        ],
        commands: &[
            "lanes traps tokio-dropped-handle",
            "lanes run cancel pool",
            "lanes claims tasks",
        ],
        shows: "`cancel` stops tasks that wait or compute in the way that each \
                library has for it, times until each is gone, and counts what \
                was begun after the stop; in `pool` a client cancels every \
                second task, and those that had begun are in vain.",
    },
    Question {
        asks: "Which channel, and what does it do on shared cores?",
        issues: &[
            "https://github.com/crossbeam-rs/crossbeam/issues/821",
            "https://github.com/crossbeam-rs/crossbeam/issues/366",
        ],
        commands: &[
            "lanes run channel",
            "taskset -c 0 lanes run 'channel/*/spsc*'",
            "lanes claims sharing",
        ],
        shows: "The rows have the queue of every library, and of the guests \
                kanal, flume and crossfire where they are named, by parties \
                and capacity, and under taskset with one processor for both \
                ends.",
    },
    Question {
        asks: "How much memory does a task take that waits?",
        issues: &[
            "https://github.com/pkolaczk/async-runtimes-benchmarks/issues/10",
            "https://github.com/rust-lang/rust/issues/69826",
        ],
        commands: &[
            "lanes run sleepers --full --details",
            "lanes claims tasks",
        ],
        shows: "The rows have up to a million tasks that wait at once, with \
                the memory by which the process grew; the claim divides that \
                of a thread by that of a task.",
    },
    Question {
        asks: "What does asyncio.to_thread cost for each call?",
        issues: &["https://github.com/python/cpython/issues/136084"],
        commands: &["lanes traps python-to-thread"],
        shows: "It makes many short calls, each by way of a thread, and all of \
                them by way of one.",
    },
    Question {
        asks: "Threads, processes or interpreters, by what crosses?",
        issues: &[
            "https://github.com/python/cpython/issues/148072",
            "https://github.com/joblib/joblib/issues/1094",
        ],
        commands: &[
            "lanes traps python-pool",
            "lanes run spawn double --models \
             'python-threads,python-process-pool,python-subinterpreters'",
            "lanes claims costs",
        ],
        shows: "The rows send next to nothing and whole lists, the trap sends \
                what is large with and without shared memory, and the claims \
                time the start of a process and the way there and back.",
    },
    Question {
        asks: "Without a GIL, may threads share an object?",
        issues: &["https://github.com/python/cpython/issues/134761"],
        commands: &["lanes traps python-shared"],
        shows: "Two threads use one lock object, and one each, in an \
                interpreter that has no GIL.",
    },
    Question {
        asks: "Does a thread that computes starve one with I/O?",
        issues: &["https://github.com/python/cpython/issues/90204"],
        commands: &["lanes traps python-starved", "lanes claims turns"],
        shows: "The thread with I/O waits for the switch interval each time \
                that it wants the GIL back.",
    },
];

impl Question {
    /// A report by its repository and number, as in `rayon-rs/rayon#648`.
    pub fn short(issue: &str) -> String {
        let path = issue.trim_start_matches("https://github.com/");
        path.replace("/issues/", "#").replace("/pull/", "#")
    }
}

/// No line of a sentence is longer in Markdown.
const LONGEST: usize = 100;

/// A sentence in lines.
fn wrapped(sentence: &str) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + word.len() < LONGEST => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// The questions in Markdown, each under a heading with its number.
pub fn markdown() -> String {
    let mut text = String::new();
    for (index, question) in QUESTIONS.iter().enumerate() {
        let Question { asks, issues, commands, shows } = question;
        let link =
            |issue: &&str| format!("[{}]({issue})", Question::short(issue));
        let links: Vec<String> = issues.iter().map(link).collect();
        let (number, links) = (index + 1, links.join(" · "));
        let _ = write!(text, "\n## {number}. {asks}\n\n{links}\n");
        if !commands.is_empty() {
            let _ = write!(text, "\n```sh\n{}\n```\n", commands.join("\n"));
        }
        let _ = write!(text, "\n{}\n", wrapped(shows));
    }
    text
}
