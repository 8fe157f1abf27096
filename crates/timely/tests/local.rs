//! Inputs that each worker makes by itself.

use lanes_core::workload::{Double, Join, Max, Sort, Text, Wordcount};
use lanes_core::{
    Cells, Config, Context, Error, Input, Job, Size, Started, Workload,
};
use lanes_timely::{InThreads, OverTcp};

fn started<M: Cells>(input: Input) -> Started {
    let config = Config::new(3).unwrap().with_input(input);
    Started::start::<M>(&config).unwrap()
}

fn answers<W: Workload>(model: &Started, size: &W) {
    // The input of one seed is not taken for that of another, nor for that of
    // another size.
    for (seed, items) in [(7, 1000), (8, 1000), (8, 999), (7, 1000), (7, 0)] {
        let size = size.with_items(items);
        let job = Job::new(&size, seed).unwrap();
        for _ in 0..2 {
            let answer = model.run(&job);
            assert_eq!(answer, Ok(W::reference(&job)), "{items} of {seed}");
        }
    }
}

fn all<M: Cells>() {
    let model = started::<M>(Input::Local);
    fn each<W: Workload>(model: &Started) {
        let sizes = W::sizes(Size::Quick);
        let plain = sizes.into_iter().find(W::is_usual);
        answers(model, &plain.unwrap());
    }
    each::<Max>(&model);
    each::<Double>(&model);
    each::<Join>(&model);
    each::<Wordcount>(&model);
    each::<Sort>(&model);
}

#[test]
fn threads_make_their_inputs() {
    all::<InThreads>();
}

#[test]
fn processes_make_their_inputs() {
    all::<OverTcp>();
}

#[test]
fn an_input_that_has_no_seed_is_shipped_and_never_made() {
    let text = || Text::new(b"one two one".to_vec(), 4).unwrap();
    let job = Job::<Wordcount>::with(text(), &Context::new());
    let expected = Wordcount::reference(&job);
    let shipped = started::<InThreads>(Input::Shipped);
    assert_eq!(shipped.run(&job), Ok(expected));
    let local = started::<InThreads>(Input::Local);
    let refused = local.run(&job);
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
}

#[test]
fn a_local_run_that_is_cancelled_ends_and_the_next_one_answers() {
    let model = started::<OverTcp>(Input::Local);
    let job = Job::new(&Max::plain(1000, 10), 7).unwrap();
    job.context().cancel();
    assert_eq!(model.run(&job), Err(Error::Cancelled));
    let job = Job::new(&Max::plain(1000, 10), 7).unwrap();
    assert_eq!(model.run(&job), Ok(Max::reference(&job)));
}

#[test]
fn places_that_are_not_there_are_refused_in_one_sentence() {
    let mut network = lanes_core::Network::loopback(2);
    network.nodes[1].namespace = Some("/nowhere/netns/none".into());
    let config = Config::new(2).unwrap().within(network).unwrap();
    let Err(refused) = Started::start::<OverTcp>(&config) else { panic!() };
    let said = refused.to_string();
    assert!(said.contains("node 1: namespace /nowhere"), "{said}");
    assert!(!said.contains('\n'), "{said}");
}
