use super::*;
use std::ptr;

fn sort_of(len: usize, cutoff: usize, grain: usize) -> Sort {
    Sort { len, form: Sorting::Merge, cutoff, grain }
}

fn job(list: &[u64], cutoff: usize, grain: usize) -> Job<Sort> {
    let size = sort_of(list.len(), cutoff, grain);
    Job::with(Unsorted::of(size, 0, list.to_vec()), &crate::Context::new())
}

fn sorted(job: &Job<Sort>) -> Sorted {
    job.answer(plain(job, job.whole().unwrap()).unwrap())
}

/// Every power of two, and one less and more.
fn lengths() -> impl Iterator<Item = usize> {
    let powers = (0..12).map(|power| 1 << power);
    let around = powers.flat_map(|len| [len - 1, len, len + 1]);
    around.filter(|len| *len < 3000)
}

#[test]
fn lists_of_every_length_are_sorted() {
    for len in lengths() {
        let all: Vec<u64> = seed::numbers(len as u64).take(len).collect();
        // Few values, so that many are equal; the largest among them.
        let few: Vec<u64> = all.iter().map(|n| u64::MAX - n % 5).collect();
        for list in [all, few] {
            let mut right = list.clone();
            right.sort();
            for (cutoff, grain) in [(1, 1), (3, 7), (32, 1000), (4000, 10)] {
                let job = job(&list, cutoff, grain);
                let answer = sorted(&job);
                assert_eq!(answer.numbers(), right, "{len} {cutoff} {grain}");
                assert_eq!(answer, Sort::reference(&job));
                assert_eq!(job.list(), list, "the input stays as it is");
            }
        }
    }
}

/// The recursion without a look, in stretches.
fn blind(job: &Job<Sort>, stretch: Stretch) -> Stretch {
    if stretch.is_leaf() {
        return job.sorted_leaf(stretch);
    }
    let (left, right) = stretch.halves();
    blind(job, left).merged(blind(job, right))
}

/// The same in slices.
fn in_slices(list: &[u64], sorted: &mut [u64], beside: &mut [u64]) {
    if list.len() < 4 {
        return Sort::leaf(list, sorted);
    }
    let middle = list.len() / 2;
    let (left, right) = beside.split_at_mut(middle);
    let memory = sorted.split_at_mut(middle);
    in_slices(&list[..middle], left, memory.0);
    in_slices(&list[middle..], right, memory.1);
    Sort::merge(left, right, sorted);
}

#[test]
fn kernels_without_a_look_sort_also_what_was_stopped() {
    for len in lengths() {
        let list: Vec<u64> = seed::numbers(len as u64).take(len).collect();
        let job = job(&list, 3, 7);
        let (whole, mut other) = (job.whole().unwrap(), job.whole().unwrap());
        job.context().cancel();
        let known = Sort::reference(&job);
        assert_eq!(job.answer(blind(&job, whole)), known, "{len}");
        let (sorted, beside) = other.memory_mut();
        in_slices(&list, sorted, beside);
        assert_eq!(job.answer(other), known, "{len} in slices");
    }
}

#[test]
#[should_panic(expected = "as much memory as numbers")]
fn lists_that_do_not_fit_their_memory_are_not_merged() {
    Sort::merge(&[1, 3], &[2], &mut [0; 2]);
}

#[test]
fn leaves_are_numbered_and_as_many_as_there_are_forks_and_one() {
    fn leaves(stretch: Stretch, found: &mut Vec<usize>) {
        if stretch.is_leaf() {
            found.push(stretch.task());
            return;
        }
        let (left, right) = stretch.halves();
        leaves(left, found);
        leaves(right, found);
    }
    for len in lengths() {
        let job = job(&vec![0; len], 3, 1);
        let mut found = Vec::new();
        leaves(job.whole().unwrap(), &mut found);
        let numbers: Vec<usize> = (0..=job.forks()).collect();
        assert_eq!(found, numbers, "{len}");
    }
}

#[test]
fn lists_of_two_lengths_are_merged_grain_by_grain() {
    let cases: [(&[u64], &[u64]); 6] = [
        (&[], &[]),
        (&[], &[1, 2, 3]),
        (&[5], &[1, 2, 3, 4, 5, 6]),
        (&[1, 1, 1], &[1, 1]),
        (&[7, 8, 9], &[1, 2]),
        (&[u64::MAX], &[0, u64::MAX]),
    ];
    for (left, right) in cases {
        let mut right_answer = [left, right].concat();
        right_answer.sort();
        for grain in 1..8 {
            let job = job(&[], 1, grain);
            for (left, right) in [(left, right), (right, left)] {
                let mut merged = vec![0; left.len() + right.len()];
                job.merge_lists(0, left, right, &mut merged).unwrap();
                assert_eq!(merged, right_answer, "{left:?} {right:?} {grain}");
            }
        }
    }
}

#[test]
fn a_library_sorts_what_was_copied() {
    let numbers: Vec<u64> = seed::numbers(7).take(1000).collect();
    let job = job(&numbers, 10, 64);
    let mut stretch = job.whole().unwrap();
    let grains = stretch.numbers_mut().chunks_mut(job.grain()).enumerate();
    for (grain, to) in grains {
        job.copy(grain, to).unwrap();
    }
    assert_eq!(stretch.as_ref(), numbers);
    let stretch = job.library(stretch, <[u64]>::sort_unstable).unwrap();
    assert_eq!(job.answer(stretch), Sort::reference(&job));
    assert_eq!(job.no_library(), Ok(()));
    let other = Sort { form: Sorting::Library, ..job.size().clone() };
    let refused = Job::new(&other, 7).unwrap().no_library();
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
}

#[test]
fn every_wrong_list_is_found() {
    let job = job(&[3, 1, 2, 2], 2, 2);
    let right = Sort::reference(&job);
    let digest = Sort::digest(&right);
    let of = |numbers: &[u64]| Sorted::from(numbers.to_vec());
    assert_eq!(of(&[1, 2, 2, 3]), right);
    assert_eq!(Sort::digest(&of(&[1, 2, 2, 3])), digest);
    let wrong: [&[u64]; 6] = [
        &[3, 1, 2, 2],
        &[1, 2, 3, 2],
        &[1, 2, 2],
        &[1, 1, 2, 3],
        &[1, 2, 2, 4],
        &[],
    ];
    for wrong in wrong {
        assert_ne!(of(wrong), right, "{wrong:?}");
        assert_ne!(Sort::digest(&of(wrong)), digest, "{wrong:?}");
    }
}

#[test]
fn the_memory_of_a_dropped_answer_is_used_again() {
    let job = Job::new(&sort_of(1000, 10, 100), 7).unwrap();
    let first = sorted(&job);
    let address = first.numbers().as_ptr();
    drop(first);
    let again = job.whole().unwrap();
    let places = [&again.sorted, &again.beside].map(|share| share.as_ptr());
    assert!(places.iter().any(|place| ptr::eq(*place, address)));
    // A run that fails halfway gives nothing back, and the next one answers.
    drop(again.halves().0);
    assert_eq!(sorted(&job), Sort::reference(&job));
}

#[test]
fn what_cannot_be_sorted_is_refused() {
    for size in [sort_of(8, 0, 1), sort_of(8, 1, 0)] {
        assert!(matches!(size.input(7), Err(Error::Invalid(_))), "{size:?}");
    }
    for len in [usize::MAX, usize::MAX / 40, 1 << 44] {
        let refused = sort_of(len, 1, 1).input(7).err();
        assert!(
            matches!(refused, Some(Error::Invalid(_) | Error::Resource(_))),
            "{len}: {refused:?}"
        );
    }
}

#[test]
fn a_run_that_was_stopped_sorts_nothing_more() {
    let job = Job::new(&sort_of(100, 10, 10), 7).unwrap();
    let (left, right) = job.whole().unwrap().halves();
    let left = plain(&job, left).unwrap();
    let right = plain(&job, right).unwrap();
    job.context().cancel();
    assert_eq!(job.merge(left, right).err(), Some(Error::Cancelled));
    assert_eq!(job.whole().err(), Some(Error::Cancelled));
}

#[test]
fn a_limit_is_a_time_that_was_measured() {
    for (len, cutoff) in [(0, 1), (1, 1), (7, 8), (3000, 100)] {
        for form in [Sorting::Merge, Sorting::Library] {
            let size = Sort { form, ..sort_of(len, cutoff, 500) };
            let job = Job::new(&size, 7).unwrap();
            let limit = Sort::limit(&job, 2).unwrap();
            assert!(limit.time.is_some(), "{size:?}");
        }
    }
    let job = Job::new(&sort_of(100, 10, 10), 7).unwrap();
    job.context().cancel();
    assert_eq!(Sort::limit(&job, 2), Err(Error::Cancelled));
}
