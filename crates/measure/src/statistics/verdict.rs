//! What an interval says of two contenders.

use super::median::Interval;
use serde::{Deserialize, Serialize};

/// A decision that takes more rounds than this never comes.
const MOST_ROUNDS: f64 = 100_000.0;

/// What an interval says about the first contender of its pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// No difference that the reader asked for.
    Equivalent {
        /// The largest difference the interval leaves, as a fraction: 0.01
        /// means that one takes at most 1 % more time than the other.
        within: f64,
    },
    /// It takes more time.
    Slower {
        /// How much at least, as a fraction of the second one's time.
        low: f64,
        /// How much at most.
        high: f64,
    },
    /// It takes less time.
    Faster {
        /// The ratio of times minus one at the interval's lower end, a
        /// negative fraction: how much at most.
        low: f64,
        /// The same at the upper end: how much at least.
        high: f64,
    },
    /// The interval allows more than one of the above.
    Unclear {
        /// How many rounds more (in visits as long as those so far) would
        /// likely decide; `None` if this is not known or is more than
        /// 100,000.
        more_rounds: Option<usize>,
    },
}

/// The verdict on an interval that was got from `rounds` rounds.
///
/// `floor` and `margin` are log-ratios of at least 0: a median up to `floor` is
/// reported as no difference, however sure, since an A/A control shows such
/// ones too; all within `margin` counts as equivalent, even beyond the floor.
pub fn verdict(
    interval: &Interval,
    floor: f64,
    margin: f64,
    rounds: usize,
) -> Verdict {
    let Interval { low, median, high } = *interval;
    let farthest = high.max(-low);
    if farthest <= margin {
        return Verdict::Equivalent { within: farthest.exp_m1() };
    }
    let (least, most) = (low.exp_m1(), high.exp_m1());
    if low > 0.0 && median > floor {
        return Verdict::Slower { low: least, high: most };
    }
    if high < 0.0 && median < -floor {
        return Verdict::Faster { low: least, high: most };
    }
    // The half width shrinks with the square root of the rounds, until the
    // nearest boundary is out of it.
    let sure = if median.abs() > floor { median.abs() } else { 0.0 };
    let distance = sure.max(margin - median.abs());
    let needed = rounds as f64 * (interval.half_width() / distance).powi(2);
    let more = (needed - rounds as f64).ceil().max(1.0);
    let decides = distance > 0.0 && needed.is_finite() && more <= MOST_ROUNDS;
    Verdict::Unclear { more_rounds: decides.then_some(more as usize) }
}
