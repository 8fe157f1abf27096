//! From values to pixels, on a linear or a logarithmic scale.

/// Where values stand between two pixels.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    logarithmic: bool,
    /// The ends of what is shown; of a logarithmic scale their logarithms, so
    /// that no pair of positive numbers is too far apart.
    shown: (f64, f64),
    pixels: (f64, f64),
}

impl Scale {
    /// From zero to `end`.
    pub fn linear(end: f64, pixels: (f64, f64)) -> Self {
        Self { logarithmic: false, shown: (0.0, end), pixels }
    }

    /// Between two natural logarithms.
    pub fn logarithmic(logs: (f64, f64), pixels: (f64, f64)) -> Self {
        Self { logarithmic: true, shown: logs, pixels }
    }

    /// The pixel of a value; a value outside the scale is at its end.
    pub fn at(&self, value: f64) -> f64 {
        let part = self.part(value).clamp(0.0, 1.0);
        let (start, end) = self.pixels;
        if part.is_nan() { start } else { start + part * (end - start) }
    }

    /// Whether a value stands on the scale.
    pub fn holds(&self, value: f64) -> bool {
        // Rounding may put an end just outside.
        (-1e-9..=1.0 + 1e-9).contains(&self.part(value))
    }

    /// The natural logarithms at the ends of a logarithmic scale.
    pub fn logs(&self) -> (f64, f64) {
        self.shown
    }

    fn part(&self, value: f64) -> f64 {
        let value = if self.logarithmic { value.ln() } else { value };
        let (low, high) = self.shown;
        (value - low) / (high - low)
    }
}

/// The least and the largest of some numbers and `first`; only finite numbers
/// count.
pub fn span(first: f64, numbers: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let numbers = numbers.into_iter().filter(|number| number.is_finite());
    numbers.fold((first, first), |(low, high), number| {
        (low.min(number), high.max(number))
    })
}

/// Whether a value has a place on a logarithmic scale.
pub fn placed(value: f64) -> bool {
    value.is_finite() && value > 0.0
}
