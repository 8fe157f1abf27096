//! What a visit to an echo server sees.

use super::*;
use futures_lite::future;
use std::io::Write;
use std::thread;

fn job(connections: usize, requests: usize) -> Job<Echo> {
    let (bytes, rate) = (64, None);
    let echo = Echo { connections, requests, bytes, rate };
    Job::new(&echo, 7).unwrap()
}

/// The right server, on one thread for each connection, until one has
/// answered `most` requests.
fn serve(job: &Job<Echo>, most: usize) -> Result<Echoed, Error> {
    let visit = &job.visit()?;
    thread::scope(|scope| {
        while let Some(mut stream) = visit.accept()? {
            scope.spawn(move || -> Result<(), Error> {
                let mut bytes = vec![0; job.bytes()];
                for _ in 0..most {
                    if !job.receive(&stream, &mut bytes)? {
                        break;
                    }
                    let _ = stream.write_all(&bytes);
                }
                Ok(())
            });
        }
        visit.answer()
    })
}

#[test]
fn a_client_is_used_again_and_sees_what_fails() {
    let job = job(3, 30);
    let right = Echo::reference(&job);
    let number = |job: &Job<Echo>| job.clients().idle.len();
    for _ in 0..2 {
        assert_eq!(serve(&job, usize::MAX).unwrap(), right);
        assert_eq!(number(&job), 1);
    }
    let failed = serve(&job, 2);
    let Err(Error::Protocol(why)) = &failed else { panic!("{failed:?}") };
    assert!(why.ends_with("of 30 requests failed"), "{why}");
    assert_eq!(serve(&job, usize::MAX).unwrap(), right);
    assert!(Echo::served(&job) > Duration::ZERO);
}

#[test]
fn the_bare_server_answers_every_request() {
    for (connections, requests) in [(1, 0), (1, 7), (40, 400)] {
        let job = job(connections, requests);
        let visit = job.visit().unwrap();
        job.serve(&visit).unwrap();
        assert_eq!(visit.answer().unwrap(), Echo::reference(&job));
    }
}

#[test]
fn a_stopped_run_waits_for_no_client() {
    let job = job(2, 1_000_000);
    let visit = job.visit().unwrap();
    let context = job.context().clone();
    thread::scope(|scope| {
        scope.spawn(move || {
            thread::sleep(Duration::from_millis(20));
            context.cancel();
        });
        let accepts = future::pending();
        let answer = future::block_on(visit.during(accepts));
        assert_eq!(answer.err(), Some(Error::Cancelled));
    });
    drop(visit);
    assert_eq!(job.clients().idle.len(), 0);
    assert_eq!(job.visit().err(), Some(Error::Cancelled));
}

#[test]
fn loads_that_cannot_be_are_refused() {
    let good = Echo::sizes(Size::Quick).remove(0);
    for echo in [
        Echo { connections: 0, ..good.clone() },
        Echo { connections: 1 << 40, ..good.clone() },
        Echo { bytes: 12, ..good.clone() },
        Echo { bytes: MOST_BYTES * 2, ..good.clone() },
        Echo { rate: Some(0.0), ..good.clone() },
        Echo { rate: Some(f64::NAN), ..good.clone() },
        Echo { requests: usize::MAX, ..good },
    ] {
        let refused = echo.input(7).err();
        assert!(
            matches!(refused, Some(Error::Invalid(_) | Error::Resource(_))),
            "{echo:?}: {refused:?}"
        );
    }
}
