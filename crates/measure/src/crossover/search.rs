//! Which points of a model are visited next, and what they say together.

use super::verdict::undecided;
use super::{Compared, Finding, Found, Point};

/// A length has at most so many grains.
const MOST_GRAINS: usize = 8;

/// The powers of two from one length to another.
///
/// # Errors
/// Where there is none, in words.
pub fn lengths(shortest: u64, longest: u64) -> Result<Vec<u64>, String> {
    let powers = (1..u64::BITS - 1).map(|power| 1u64 << power);
    let lengths: Vec<u64> =
        powers.filter(|len| (shortest..=longest).contains(len)).collect();
    if lengths.is_empty() {
        return Err(format!(
            "no power of two, 2 or more, from {shortest} to {longest}"
        ));
    }
    Ok(lengths)
}

/// The grains of a length among these: those that cut it, or else its half.
pub(super) fn grains(len: u64, grains: &[u64]) -> Vec<u64> {
    let cut = grains.iter().copied().filter(|grain| *grain <= len / 2);
    let mut fit: Vec<u64> = cut.filter(|grain| *grain > 0).collect();
    fit.sort_unstable();
    fit.dedup();
    fit.truncate(MOST_GRAINS);
    if fit.is_empty() {
        fit.push((len / 2).max(1));
    }
    fit
}

/// At how many points a model may be measured: both ends and those of a
/// bisection, with all grains.
pub(super) fn most_points(lengths: &[u64], grains: &[u64]) -> usize {
    let halvings = lengths.len().max(1).ilog2() as usize + 1;
    (halvings + 1) * grains.len().clamp(1, MOST_GRAINS)
}

/// What the points of a length say.
#[derive(Debug, PartialEq, Eq)]
enum Known {
    /// One at least is faster.
    Faster,
    /// None is, or more visits would not tell.
    Not,
    /// These grains are to be visited.
    Wanted(Vec<u64>),
}

fn known(model: &Compared, len: u64, all: &[u64]) -> Known {
    let at = |grain: u64| {
        let mut points = model.points.iter();
        points.find(|point| point.len == len && point.grain == grain)
    };
    let grains = grains(len, all);
    let points = || grains.iter().filter_map(|grain| at(*grain));
    if points().any(|point| point.finding == Finding::Faster) {
        return Known::Faster;
    }
    let open = |grain: &u64| at(*grain).is_none_or(undecided);
    let wanted: Vec<u64> = grains.iter().copied().filter(open).collect();
    if wanted.is_empty() { Known::Not } else { Known::Wanted(wanted) }
}

/// Where a search stands: the places, among the lengths, of the longest at
/// which the model is not faster and of the shortest at which it is.
struct Bracket {
    not: Option<usize>,
    faster: Option<usize>,
    /// The point that is looked at next.
    next: Option<(usize, Vec<u64>)>,
}

fn bracket(model: &Compared, lengths: &[u64], all: &[u64]) -> Bracket {
    let (mut not, mut faster) = (None, None);
    let mut next = None;
    loop {
        // The longest, and then halfway between what is known.
        let at = match (not, faster) {
            (Some(below), None) if below + 1 == lengths.len() => break,
            (_, None) => lengths.len() - 1,
            (None, Some(0)) => break,
            (None, Some(above)) => (above - 1) / 2,
            (Some(below), Some(above)) if above - below < 2 => break,
            (Some(below), Some(above)) => below + (above - below) / 2,
        };
        match known(model, lengths[at], all) {
            Known::Faster => faster = Some(at),
            Known::Not => not = Some(at),
            Known::Wanted(grains) => {
                next = Some((at, grains));
                break;
            }
        }
    }
    Bracket { not, faster, next }
}

/// The points that the next visits go to; none where all is decided.
pub(super) fn wanted(
    model: &Compared,
    lengths: &[u64],
    grains: &[u64],
) -> Vec<(u64, u64)> {
    if model.failure.is_some() {
        return Vec::new();
    }
    let next = bracket(model, lengths, grains).next;
    let Some((at, grains)) = next else { return Vec::new() };
    grains.into_iter().map(|grain| (lengths[at], grain)).collect()
}

/// What all points of a model say.
pub(super) fn found(
    model: &Compared,
    lengths: &[u64],
    grains: &[u64],
) -> Found {
    if model.points.is_empty() {
        return Found::Unmeasured;
    }
    let Bracket { not, faster, .. } = bracket(model, lengths, grains);
    let Some(at) = faster else {
        let longest = lengths[lengths.len() - 1];
        let last = model.points.iter().filter(|point| point.len == longest);
        let mut last = last.map(|point| point.finding);
        let never = last.all(|finding| finding == Finding::NotFaster);
        return match not {
            Some(_) if never => Found::Never { up_to: longest },
            _ => Found::Open,
        };
    };
    let len = lengths[at];
    let is_faster =
        |point: &&Point| point.len == len && point.finding == Finding::Faster;
    let ratio = |point: &Point| Some((point.grain, point.ratio?));
    let faster = model.points.iter().filter(is_faster).filter_map(ratio);
    let best = faster.min_by(|a, b| a.1.median.total_cmp(&b.1.median));
    match best {
        Some((grain, ratio)) => {
            let not_at = not.map(|at| lengths[at]);
            Found::From { len, grain, ratio, not_at }
        }
        None => Found::Open,
    }
}
