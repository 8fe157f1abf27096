use super::*;
use std::collections::BTreeSet;

fn product(job: &Job<Matmul>) -> Product {
    job.answer(plain(job, job.whole().unwrap()).unwrap())
}

#[test]
fn matrices_of_every_size_are_multiplied() {
    for n in (0..=35).chain([63, 64, 65, 127, 128, 129]) {
        for cutoff in [1, 2, 3, 5, 8, 64, usize::MAX] {
            if n > 35 && cutoff < 5 {
                continue;
            }
            let job = Job::new(&Matmul { n, cutoff }, n as u64).unwrap();
            let answer = product(&job);
            assert_eq!(answer, Matmul::reference(&job), "{n} {cutoff}");
        }
    }
}

#[test]
fn a_known_product_comes_row_by_row() {
    let size = Matmul { n: 2, cutoff: 1 };
    let (a, b) = (vec![1.0, 2.0, 3.0, 4.0], vec![5.0, 6.0, 7.0, 8.0]);
    let matrices = Matrices { size, above: 0, a, b, memory: None };
    let job = Job::with(matrices, &crate::Context::new());
    let right = [19.0, 22.0, 43.0, 50.0];
    assert_eq!(product(&job).rows(), right);
    assert_eq!(Matmul::reference(&job).rows(), right);
}

#[test]
fn every_wrong_number_is_found() {
    let job = Job::new(&Matmul { n: 9, cutoff: 2 }, 7).unwrap();
    let (right, numbers) = (Matmul::reference(&job), product(&job).rows());
    let digest = Matmul::digest(&right);
    assert_eq!(Matmul::digest(&product(&job)), digest);
    for at in 0..numbers.len() {
        let mut wrong = numbers.clone();
        wrong[at] += 1.0;
        let wrong = Product::of(9, wrong);
        assert_ne!(wrong, right, "{at}");
        assert_ne!(Matmul::digest(&wrong), digest, "{at}");
    }
    assert_ne!(Product::of(9, numbers[9..].to_vec()), right);
    assert_ne!(Product::of(3, numbers), right);
}

#[test]
fn the_largest_sum_is_exact() {
    let largest = 31 * 31 * Matmul::MOST as u64;
    assert!(largest < 1 << 24);
    let job = Job::new(&Matmul { n: 40, cutoff: 8 }, 7).unwrap();
    let numbers: BTreeSet<u32> = job.a.iter().map(|n| n.to_bits()).collect();
    let all: BTreeSet<u32> = (0..32).map(|n| (n as f32).to_bits()).collect();
    assert_eq!(numbers, all);
}

#[test]
fn tiles_are_numbered_and_as_many_as_there_are_forks_and_one() {
    fn leaves(tile: Tile) -> usize {
        if tile.is_leaf() {
            return 1;
        }
        let (left, right) = tile.halves();
        leaves(left) + leaves(right)
    }
    for n in 0..20 {
        for cutoff in [1, 3, 7, 30] {
            let job = Job::new(&Matmul { n, cutoff }, 7).unwrap();
            let found = leaves(job.whole().unwrap());
            assert_eq!(found, job.forks() + 1, "{n} {cutoff}");
        }
    }
}

#[test]
fn bands_are_parts_of_the_product() {
    for (n, cutoff, count) in [(0, 1, 2), (1, 1, 2), (9, 2, 3), (10, 4, 9)] {
        let job = Job::new(&Matmul { n, cutoff }, 7).unwrap();
        let mut rows = Vec::new();
        let mut above = 0;
        for part in job.parts(count) {
            // As it crosses to another process.
            let band = serde_json::to_value(job.band(&part)).unwrap();
            let band: Matrices = serde_json::from_value(band).unwrap();
            assert_eq!((band.above, band.rows()), (above, part.range.len()));
            above += band.rows();
            let band: Job<Matmul> = Job::with(band, job.context());
            let answer = product(&band);
            assert_eq!(answer, Matmul::reference(&band));
            rows.extend(answer.rows());
        }
        assert_eq!(Product::of(n, rows), Matmul::reference(&job));
    }
}

#[test]
fn the_memory_of_a_dropped_answer_is_used_again() {
    let job = Job::new(&Matmul { n: 20, cutoff: 4 }, 7).unwrap();
    let mut whole = job.whole().unwrap();
    let address = whole.numbers_mut().as_ptr();
    drop(job.answer(whole));
    let again = job.whole().unwrap().numbers_mut().as_ptr();
    assert_eq!(again, address);
    assert_eq!(product(&job), Matmul::reference(&job));
}

#[test]
fn what_cannot_be_multiplied_is_refused() {
    let most = Matmul::MOST;
    for (n, cutoff) in
        [(8, 0), (most + 1, 64), (1_000_000, 64), (usize::MAX, usize::MAX)]
    {
        let refused = Matmul { n, cutoff }.input(7).err();
        let is_invalid = matches!(refused, Some(Error::Invalid(_)));
        assert!(is_invalid, "{n} {cutoff}: {refused:?}");
    }
}

#[test]
fn so_many_items_are_at_least_so_many_multiplications() {
    let size = Matmul { n: 5, cutoff: 2 };
    for (items, n) in [(0, 0), (1, 1), (2, 2), (8, 2), (9, 3), (500, 8)] {
        assert_eq!(size.with_items(items).n, n, "{items}");
    }
    assert!(size.with_items(usize::MAX).items() == usize::MAX);
}

#[test]
fn a_run_that_was_stopped_multiplies_nothing_more() {
    let job = Job::new(&Matmul { n: 8, cutoff: 4 }, 7).unwrap();
    let (left, _) = job.whole().unwrap().halves();
    let (tile, _) = left.halves();
    job.context().cancel();
    let refused = job.leaf(tile).err();
    assert_eq!(refused, Some(Error::Cancelled));
    assert_eq!(job.whole().err(), Some(Error::Cancelled));
    assert_eq!(Matmul::limit(&job, 2), Err(Error::Cancelled));
}

#[test]
fn a_limit_is_a_time_that_was_measured() {
    for n in [0, 1, 20] {
        let job = Job::new(&Matmul { n, cutoff: 5 }, 7).unwrap();
        assert!(Matmul::limit(&job, 2).unwrap().time.is_some());
    }
}
