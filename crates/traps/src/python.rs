//! The traps of CPython. Their programs are scripts in `python/`.

use crate::trap::{Program, Run, Trap};
use lanes_measure::traps::Kind;
use lanes_python::Interpreter;
use std::path::PathBuf;

/// A script in `python/`: its path and its text.
macro_rules! script {
    ($name:literal) => {
        (
            concat!("crates/traps/python/", $name, ".py"),
            include_str!(concat!("../python/", $name, ".py")),
        )
    };
}

const fn program(name: &'static str, what: &'static str) -> Program {
    Program { name, what, run: Run::Python }
}

const TO_THREAD_SCRIPT: (&str, &str) = script!("to_thread");

pub(crate) const TO_THREAD: Trap = Trap {
    name: "python-to-thread",
    library: "CPython",
    asks: "What does asyncio.to_thread cost for each call?",
    expects: "The way to a thread and back takes many times what a short call \
              takes.",
    measures: "how long 3,000 calls of a short function take",
    kind: Kind::Time,
    issues: &[(
        "https://github.com/python/cpython/issues/136084",
        "asyncio.to_thread could be a lot more efficient",
    )],
    source: TO_THREAD_SCRIPT.0,
    text: TO_THREAD_SCRIPT.1,
    timelines: false,
    without: program("without", "awaits to_thread for each call"),
    remedies: &[program("batch", "awaits to_thread once, for all")],
};

const POOL_SCRIPT: (&str, &str) = script!("pool");

pub(crate) const POOL: Trap = Trap {
    name: "python-pool",
    library: "CPython",
    asks: "What does a process pool cost, by the size of what crosses?",
    expects: "Arguments are pickled and go through a pipe, which takes longer \
              than to look at them.",
    measures: "how long four calls take, each with 16 MiB to look at",
    kind: Kind::Time,
    issues: &[
        (
            "https://github.com/python/cpython/issues/148072",
            "what crosses is pickled, to processes and to interpreters; for \
             interpreters that took 2 to 17 times as long",
        ),
        (
            "https://github.com/joblib/joblib/issues/1094",
            "shared memory is 2 to 3 times as fast as pipes",
        ),
    ],
    source: POOL_SCRIPT.0,
    text: POOL_SCRIPT.1,
    timelines: false,
    without: program("without", "sends the bytes"),
    remedies: &[program("shared_memory", "sends a place in shared memory")],
};

const STARVED_SCRIPT: (&str, &str) = script!("starved");

pub(crate) const STARVED: Trap = Trap {
    name: "python-starved",
    library: "CPython",
    asks: "How does a thread with I/O fare beside one that computes?",
    expects: "It gives the GIL away with each call, and gets it back only when \
              the other one is told to, after 5 ms.",
    measures: "how long 30 round trips through a pipe take",
    kind: Kind::Time,
    issues: &[(
        "https://github.com/python/cpython/issues/90204",
        "I/O bound threads get no chance to run beside CPU bound ones",
    )],
    source: STARVED_SCRIPT.0,
    text: STARVED_SCRIPT.1,
    timelines: false,
    without: program("without", "computes in a thread beside it"),
    remedies: &[
        program("switch_interval", "sets the switch interval to 0.2 ms"),
        program("process", "computes in a process beside it"),
    ],
};

const C_CALL_SCRIPT: (&str, &str) = script!("c_call");

pub(crate) const C_CALL: Trap = Trap {
    name: "python-c-call",
    library: "CPython",
    asks: "Do threads hash in parallel?",
    expects: "hashlib lets go of the GIL for more than 2,047 bytes at once; \
              for fewer it keeps it, and a second thread gains nothing.",
    measures: "the time of two threads over that of one for the same work",
    kind: Kind::Ratio,
    issues: &[(
        "https://github.com/python/cpython/issues/91331",
        "let applications tune the size from which hashlib lets go of the GIL",
    )],
    source: C_CALL_SCRIPT.0,
    text: C_CALL_SCRIPT.1,
    timelines: false,
    without: program("without", "hashes pieces of 1 KiB"),
    remedies: &[program("large_pieces", "hashes pieces of 1 MiB")],
};

const SHARED_SCRIPT: (&str, &str) = script!("shared");

pub(crate) const SHARED: Trap = Trap {
    name: "python-shared",
    library: "CPython",
    asks: "Where there is no GIL, what does it cost to share an object?",
    expects: "Each use of it counts references, and the count goes from core \
              to core.",
    measures: "how long two threads take for 300,000 calls each",
    kind: Kind::Time,
    issues: &[(
        "https://github.com/python/cpython/issues/134761",
        "threading primitives are subject to reference count contention",
    )],
    source: SHARED_SCRIPT.0,
    text: SHARED_SCRIPT.1,
    timelines: false,
    without: Program {
        name: "without",
        what: "has one lock, which both use",
        run: Run::PythonWithoutGil,
    },
    remedies: &[Program {
        name: "private",
        what: "has a lock for each thread",
        run: Run::PythonWithoutGil,
    }],
};

/// The first interpreter that is here and new enough.
///
/// # Errors
/// Why there is none, in words that follow "because".
pub(crate) fn interpreter() -> Result<PathBuf, String> {
    let mut here = lanes_python::interpreters().iter();
    match here.find(|python| is_new(python)) {
        Some(python) => Ok(python.program.clone()),
        None => Err(why_none()),
    }
}

/// The first interpreter that has no GIL.
///
/// # Errors
/// That there is none, in words that follow "because".
pub(crate) fn without_gil() -> Result<PathBuf, String> {
    let mut here = lanes_python::interpreters().iter();
    let found = here.find(|python| python.free_threaded);
    found.map(|python| python.program.clone()).ok_or_else(|| {
        let variable = lanes_python::VARIABLE;
        format!("no interpreter without a GIL is here; {variable} names them")
    })
}

/// `asyncio.to_thread` is there since 3.9.
fn is_new(python: &Interpreter) -> bool {
    let mut numbers = python.version.split('.').map(str::parse::<u32>);
    let mut number = || numbers.next().and_then(Result::ok).unwrap_or(0);
    (number(), number()) >= (3, 9)
}

fn why_none() -> String {
    if let [old, ..] = lanes_python::interpreters() {
        return format!("{old} is older than 3.9");
    }
    let missing = lanes_python::peers().iter().find_map(|peer| {
        let why = peer.missing.as_deref()?;
        Some(why.strip_prefix("not here, because ").unwrap_or(why).to_owned())
    });
    missing.unwrap_or_else(|| "there is no interpreter of Python".into())
}
