//! Where on a map another model becomes the best, and what a model costs, in
//! words.

use super::{Map, Point, Verdict};
use crate::words::digits;

/// A border between two neighbours on the axis to the right.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// The value on the axis upwards.
    pub y: f64,
    /// Where the two models take the same time, between the two points: on a
    /// logarithmic scale, where the logarithm of the ratio of their times
    /// crosses zero. The middle, where a point lies at zero.
    pub x: f64,
    /// Who is best to the left, and by how much the other is slower there.
    pub left: (String, f64),
    /// Who is best to the right, and by how much the other is slower there.
    pub right: (String, f64),
}

/// The borders between neighbours that are decided and have no best model in
/// common.
pub fn crossings(map: &Map) -> Vec<Crossing> {
    let mut found = Vec::new();
    for line in &map.points {
        let points: Vec<&Point> = line.iter().flatten().collect();
        for pair in points.windows(2) {
            found.extend(between(pair[0], pair[1]));
        }
    }
    found
}

fn between(left: &Point, right: &Point) -> Option<Crossing> {
    let (Verdict::Best(here), Verdict::Best(there)) =
        (&left.verdict, &right.verdict)
    else {
        return None;
    };
    if here.iter().any(|name| there.contains(name)) {
        return None;
    }
    let (one, two) = (here.first()?, there.first()?);
    // By how much `two` is slower than `one`, as a logarithm.
    let slower = |point: &Point| {
        let ratio = point.place(two)?.seconds / point.place(one)?.seconds;
        Some(ratio.ln())
    };
    let (before, after) = (slower(left)?, slower(right)?);
    if !(before > 0.0 && after < 0.0) {
        return None;
    }
    let part = before / (before - after);
    let x = if left.x > 0.0 {
        left.x * (right.x / left.x).powf(part)
    } else {
        right.x * part
    };
    Some(Crossing {
        y: left.y,
        x,
        left: (one.clone(), before.exp()),
        right: (two.clone(), (-after).exp()),
    })
}

impl Crossing {
    /// The border in a sentence.
    pub fn words(&self, map: &Map) -> String {
        let (x, y) = (map.x.parameter, map.y.parameter);
        let at = x.shown(self.x);
        let (left, right) = (&self.left, &self.right);
        format!(
            "With {} {}: below about {at} of {} {} is best ({} takes {} times \
             its time), above it {} ({} takes {} times its time).",
            y.title(),
            y.shown(self.y),
            x.title(),
            left.0,
            right.0,
            digits(left.1),
            right.0,
            left.0,
            digits(right.1),
        )
    }
}

/// For each model, in a sentence: in how many decided points it is among the
/// best, and where it costs most.
pub fn summaries(map: &Map) -> Vec<String> {
    let of = |model: &String| {
        let decided = map.all().filter(|point| point.verdict.is_decided());
        let (mut best, mut all) = (0, 0);
        for point in decided {
            all += 1;
            best += usize::from(point.verdict.names().contains(model));
        }
        let places = map.all().filter_map(|p| Some((p, p.place(model)?)));
        let worst = places.max_by(|(_, one), (_, two)| {
            one.ratio.median.total_cmp(&two.ratio.median)
        });
        let Some((point, place)) = worst else {
            return format!("{model}: not measured.");
        };
        let (x, y) = (map.x.parameter, map.y.parameter);
        format!(
            "{model}: among the best in {best} of {all} decided points; at \
             worst {} times the best's time, with {} {} and {} {}.",
            digits(place.ratio.median),
            x.title(),
            x.shown(point.x),
            y.title(),
            y.shown(point.y),
        )
    };
    map.models.iter().map(of).collect()
}
