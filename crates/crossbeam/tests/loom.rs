//! The pool in every order in which its threads can be interleaved.
//!
//! `cargo test -p lanes-crossbeam --features loom --test loom`. The file of the
//! pool is built a second time here, of loom's mutex and atomics, and of queues
//! and a parker made of these. A wake-up that is lost is a deadlock, which the
//! model finds.

#[expect(dead_code, unreachable_pub, reason = "only a part of it is needed")]
#[path = "../src/executor.rs"]
mod executor;

/// What the pool is made of here.
mod sync {
    use crossbeam::deque::Steal;
    use loom::sync::Condvar;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicUsize, fence};
    pub(crate) use loom::sync::{Mutex, MutexGuard};
    pub(crate) use loom::thread::{Builder, JoinHandle};
    use std::collections::VecDeque;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    /// Loom's own knows no constant values.
    macro_rules! local {
        ($(#[$doc:meta])* static $name:ident: $type:ty =
            const { $value:expr };) => {
            loom::thread_local! {
                $(#[$doc])* static $name: $type = $value;
            }
        };
    }
    pub(crate) use local as thread_local;

    /// A queue whose length is known without its lock, and may be an old one:
    /// to see the newest is what the fences of the pool are for.
    struct Queue<T> {
        items: Mutex<VecDeque<T>>,
        length: AtomicUsize,
    }

    impl<T> Queue<T> {
        fn new() -> Self {
            let items = Mutex::new(VecDeque::new());
            Self { items, length: AtomicUsize::new(0) }
        }

        fn with<R>(&self, change: impl FnOnce(&mut VecDeque<T>) -> R) -> R {
            let mut items = self.items.lock().unwrap();
            let result = change(&mut items);
            self.length.store(items.len(), Ordering::Relaxed);
            result
        }

        fn is_empty(&self) -> bool {
            self.length.load(Ordering::Relaxed) == 0
        }

        fn steal(&self) -> Steal<T> {
            if self.is_empty() {
                return Steal::Empty;
            }
            self.with(VecDeque::pop_front).map_or(Steal::Empty, Steal::Success)
        }
    }

    pub(crate) struct Injector<T>(Queue<T>);

    impl<T> Injector<T> {
        pub(crate) fn new() -> Self {
            Self(Queue::new())
        }

        pub(crate) fn push(&self, item: T) {
            self.0.with(|items| items.push_back(item));
        }

        pub(crate) fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        /// A batch of one.
        pub(crate) fn steal_batch_and_pop(&self, _: &Worker<T>) -> Steal<T> {
            self.0.steal()
        }
    }

    pub(crate) struct Worker<T>(Arc<Queue<T>>);

    impl<T> Worker<T> {
        pub(crate) fn new_lifo() -> Self {
            Self(Arc::new(Queue::new()))
        }

        pub(crate) fn push(&self, item: T) {
            self.0.with(|items| items.push_back(item));
        }

        pub(crate) fn pop(&self) -> Option<T> {
            self.0.with(VecDeque::pop_back)
        }

        pub(crate) fn stealer(&self) -> Stealer<T> {
            Stealer(Arc::clone(&self.0))
        }
    }

    pub(crate) struct Stealer<T>(Arc<Queue<T>>);

    impl<T> Stealer<T> {
        pub(crate) fn is_empty(&self) -> bool {
            self.0.is_empty()
        }

        pub(crate) fn steal(&self) -> Steal<T> {
            self.0.steal()
        }
    }

    /// Lets a thread sleep until there is a token, and takes it.
    pub(crate) struct Parker(Unparker);

    #[derive(Clone)]
    pub(crate) struct Unparker(Arc<(Mutex<bool>, Condvar)>);

    impl Parker {
        pub(crate) fn new() -> Self {
            let state = (Mutex::new(false), Condvar::new());
            Self(Unparker(Arc::new(state)))
        }

        pub(crate) fn unparker(&self) -> &Unparker {
            &self.0
        }

        pub(crate) fn park(&self) {
            let (token, there) = &*self.0.0;
            let mut token = token.lock().unwrap();
            while !*token {
                token = there.wait(token).unwrap();
            }
            *token = false;
        }
    }

    impl Unparker {
        pub(crate) fn unpark(&self) {
            let (token, there) = &*self.0;
            *token.lock().unwrap() = true;
            there.notify_one();
        }
    }

    /// Looks once: to look again shows the model nothing new.
    pub(crate) struct Backoff;

    impl Backoff {
        pub(crate) fn new() -> Self {
            Self
        }

        pub(crate) fn is_completed(&self) -> bool {
            true
        }

        pub(crate) fn snooze(&self) {}
    }
}

use executor::{Pool, spawn};
use lanes_core::Error;

/// Every interleaving with at most so many preemptions.
fn explored(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions);
    model.max_branches = 10_000;
    model.check(run);
}

#[test]
fn a_task_from_outside_wakes_a_worker_and_its_end_the_caller() {
    explored(3, || {
        let pool = Pool::start(1).unwrap();
        let first = pool.spawn(|| Ok(1));
        let second = pool.spawn(|| Ok(2));
        assert_eq!((first.join(), second.join()), (Ok(1), Ok(2)));
    });
}

#[test]
fn two_tasks_are_done_by_two_workers_that_may_sleep() {
    explored(1, || {
        let pool = Pool::start(2).unwrap();
        let tasks = [1, 2].map(|number| pool.spawn(move || Ok(number)));
        assert_eq!(tasks.map(|task| task.join()), [Ok(1), Ok(2)]);
    });
}

/// The waiting worker helps, or is woken by the thief.
#[test]
fn a_task_within_a_task_is_joined() {
    explored(1, || {
        let pool = Pool::start(2).unwrap();
        let outer = pool.spawn(|| {
            let inner = spawn(|| Ok(3));
            Ok(inner.join()? + 1)
        });
        assert_eq!(outer.join(), Ok(4));
    });
}

#[test]
fn an_idle_pool_ends() {
    explored(3, || drop(Pool::start(2).unwrap()));
}

#[test]
fn a_task_that_fails_is_joined() {
    explored(3, || {
        let pool = Pool::start(1).unwrap();
        let task = pool.spawn(|| Err::<(), _>(Error::Timeout));
        assert_eq!(task.join(), Err(Error::Timeout));
    });
}
