//! Names that nothing has, in every option of every subcommand: a usage error
//! with the nearest name.

use super::*;

#[test]
fn a_name_that_nothing_has_is_an_error_with_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let file = session(&folder, "a.json");
    let file = file.to_str().unwrap();
    let own = env!("CARGO_BIN_EXE_lanes");
    let cases: &[(&[&str], &str)] = &[
        (&["run", "fecth"], "\"fetch\""),
        (&["run", "max/rayn"], "\"rayon\""),
        (&["run", "max/rayon/2^23"], "\"2^22\""),
        (&["run", "max/rayon/"], "no size is called \"\""),
        (&["run", ""], "called \"\""),
        (&["run", "max/"], "no model is called \"\""),
        (&["run", "--models=toko"], "\"tokio\""),
        (&["run", "--models="], "no model is called \"\""),
        (&["run", "--models=smol,,rayon"], "no model is called \"\""),
        (&["run", "--format=jsn"], "'json'"),
        (&["run", "--peer=rayon=x"], "called rayon already"),
        (&["run", "--peer=x=y", "--peer=x=z"], "called x already"),
        (&["run", "--peer==y"], "\"\" is no name"),
        (&["list", "coutner"], "\"counter\""),
        (&["list", "--models=asyncstd"], "\"async-std\""),
        (&["list", "--format=tabel"], "'table'"),
        (&["check", "fbi"], "\"fib\""),
        (&["check", "--models=crosbeam"], "\"crossbeam\""),
        (&["check", "max/rayon/2^23"], "\"2^22\""),
        (&["duel", own, own, "spwan"], "\"spawn\""),
        (&["duel", own, own, "--models=thread"], "\"threads\""),
        (&["duel", own, own, "--models="], "no model is called \"\""),
        (&["duel", own, own, "--format=md"], "csv, markdown"),
        (&["trace", "subtask"], "\"subtasks\""),
        (&["trace", ""], "no workload is called \"\""),
        (&["trace", "--models=proceses"], "\"processes\""),
        (&["trace", "--models=,"], "no model is called \"\""),
        (&["trace", "max", "--size=2^23"], "\"2^22\""),
        (&["trace", "max", "--size="], "no size is called \"\""),
        (&["rank", file, "--models=ryaon"], "\"rayon\""),
        (&["rank", file, "--models="], "no model is called \"\""),
        (&["rank", file, "--format=cvs"], "table, json, csv"),
        (&["cmp", file, file, "--format=jason"], "'json'"),
        (&["claims", "computng"], "'computing'"),
        (&["claims", ""], "possible values"),
        (&["claims", "--format=jsonn"], "'json'"),
        (&["demo", "fecth"], "\"fetch\""),
        (&["demo", "--models=smoll"], "\"smol\""),
        (&["completions", "bsh"], "'bash'"),
        (&["runn"], "'run'"),
        (&["run", "--modles=x"], "'--models'"),
    ];
    for (arguments, words) in cases {
        let output = lanes(arguments).current_dir(folder.path()).output();
        let output = output.unwrap();
        let errors = text(&output.stderr);
        let code = output.status.code();
        assert_eq!(code, Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(words), "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
    let endless = "x".repeat(100_000);
    let output = lanes(&["run", &endless]).output().unwrap();
    let errors = ends(&output, 2);
    assert!(errors.len() < 200, "{errors}");
    // Nothing was measured, and nothing was written.
    assert_eq!(entries(folder.path()), ["a.json"]);
}

#[test]
fn a_pattern_that_matches_nothing_and_a_size_of_others_have_a_code() {
    for arguments in [
        &["run", "zz*"][..],
        &["run", "max/rayon/2^24"],
        &["list", "fib/*/zz*"],
        &["duel", env!("CARGO_BIN_EXE_lanes"), "target", "zz*"],
    ] {
        let output = lanes(arguments).output().unwrap();
        let code = if arguments[0] == "duel" { 2 } else { 4 };
        ends(&output, code);
    }
}
