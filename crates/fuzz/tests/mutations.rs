//! Ten thousand inputs for every decoder, with a fixed seed.

use lanes_fuzz::{TARGETS, explore};

const INPUTS: u64 = 10_000;

fn unbroken(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let found = explore(target, INPUTS, 7).unwrap();
    if let Some(broken) = found.broken {
        let text = String::from_utf8_lossy(&broken.input);
        panic!("input {} breaks {name}: {text}", broken.number);
    }
    assert!(found.inputs > INPUTS, "{found:?}");
}

macro_rules! unbroken {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            unbroken(stringify!($name));
        })*

        #[test]
        fn every_target_is_here() {
            let names = TARGETS.iter().map(|target| target.name);
            assert!(names.eq([$(stringify!($name)),*]));
        }
    };
}

unbroken!(request, reply, results, traces, wire, server, options);
