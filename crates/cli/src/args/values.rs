//! The values of options: times, percentages, sizes of memory, peers, and what
//! a job is described by.

use crate::near::nearest;
use lanes_core::workload::Pattern;
use lanes_measure::map::Parameter;
use std::time::Duration;

/// A peer of the command line: its name, and its command in words.
pub(crate) type Peer = (String, Vec<String>);

/// An axis as it was asked for: a parameter, and from where to where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Asked {
    pub(crate) parameter: Parameter,
    pub(crate) range: (f64, f64),
}

/// A time such as `250ms`, `60s`, `10m` or `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1e-3,
        "s" | "" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        other => return Err(format!("{other:?} is no unit: ms, s, m or h")),
    };
    let number = digits.parse::<f64>().ok().filter(|number| *number > 0.0);
    let seconds = number.ok_or("a time above zero, such as 60s")? * unit;
    // Longer than a session needs, and far below what a clock holds.
    if seconds > 86_400.0 {
        return Err("at most a day".into());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// A bandwidth as `tc` of iproute2 reads it: a number of mbit or gbit.
pub(super) fn bandwidth(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is no bandwidth such as 200mbit or 1gbit");
    let number = text.strip_suffix("mbit").or(text.strip_suffix("gbit"));
    let number: u32 = number.and_then(|n| n.parse().ok()).ok_or_else(wrong)?;
    match number {
        1..=100_000 => Ok(text.to_owned()),
        _ => Err(wrong()),
    }
}

/// A time of a task, from zero to an hour: `0`, `50us`, `1 ms`, `0.001s`. A
/// number above zero has a unit.
pub(crate) fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time such as 0, 50us, 1ms or 0.5s");
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let size = match unit.trim_start() {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" | "min" => 60e9,
        "" if number == 0.0 => 1.0,
        "" => return Err(format!("{text:?} has no unit: ns, us, ms or s")),
        _ => return Err(wrong()),
    };
    let nanos = number * size;
    if nanos > 3600e9 {
        return Err("a task of at most an hour".into());
    }
    Ok(Duration::from_nanos(nanos.round() as u64))
}

/// How often something is repeated: from once to a hundred times.
pub(super) fn repeats(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=100).contains(number));
    number.ok_or_else(|| "a number from 1 to 100".into())
}

/// A count of at least one: `5000`, `5_000`, `1e6`.
pub(crate) fn positive(text: &str) -> Result<usize, String> {
    let plain = text.trim().replace(['_', ','], "");
    let number: f64 = plain.parse().unwrap_or(f64::NAN);
    // Beyond this a float has no whole numbers; no machine holds so many.
    if number.fract() == 0.0 && (1.0..=1e15).contains(&number) {
        return Ok(number as usize);
    }
    Err("a whole number of at least 1".into())
}

/// The exponent of a Pareto distribution that has a mean.
pub(super) fn exponent(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(exponent) if exponent > 1.0 && exponent.is_finite() => Ok(exponent),
        _ => Err("an exponent above 1, such as 1.5: up to 1 there is no mean \
                  length"
            .into()),
    }
}

/// A share of a task, as a fraction.
pub(super) fn lock(text: &str) -> Result<f64, String> {
    match percent(text) {
        Ok(share) if share <= 1.0 => Ok(share),
        _ => Err("a share of the compute, 0% to 100%".into()),
    }
}

/// How many tasks arrive in a second: `1000`, `1000/s`, `60/min`.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    let wrong = || "a rate above zero, such as 1000/s".to_owned();
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let seconds = match unit.trim() {
        "s" | "sec" => 1.0,
        "ms" => 1e-3,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let rate = number / seconds;
    if rate > 0.0 && rate.is_finite() { Ok(rate) } else { Err(wrong()) }
}

/// A parameter of a map, and from where to where: `wait`, `wait=0..10ms`.
pub(super) fn axis(text: &str) -> Result<Asked, String> {
    let (name, range) = match text.split_once('=') {
        Some((name, range)) => (name, Some(range)),
        None => (text, None),
    };
    let name = name.trim();
    let found = Parameter::ALL.into_iter().find(|p| p.name() == name);
    let Some(parameter) = found else {
        let names = Parameter::ALL.map(Parameter::name);
        let hint = match nearest(name, names.into_iter()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("there are {}", names.join(", ")),
        };
        return Err(format!("no parameter is called {name:?}; {hint}"));
    };
    let Some(range) = range else {
        return Ok(Asked { parameter, range: parameter.usual() });
    };
    let (low, high) =
        range.split_once("..").ok_or("a range such as 1us..10ms")?;
    let value = |text: &str| -> Result<f64, String> {
        match parameter {
            Parameter::Compute | Parameter::Wait => {
                Ok(span(text)?.as_secs_f64())
            }
            Parameter::Tasks | Parameter::AtOnce => Ok(positive(text)? as f64),
            Parameter::Share => lock(text),
            Parameter::Skew if matches!(text.trim(), "0" | "equal") => Ok(0.0),
            Parameter::Skew => exponent(text),
            Parameter::Rate if text.trim() == "0" => Ok(0.0),
            Parameter::Rate => rate(text),
        }
    };
    let range = (value(low)?, value(high)?);
    if range.0 > range.1 {
        return Err(format!("{low} is more than {high}"));
    }
    Ok(Asked { parameter, range })
}

/// A margin that a session can decide at.
pub(super) fn goal(text: &str) -> Result<f64, String> {
    let goal = percent(text)?;
    if goal < 0.001 {
        return Err("no session is as precise as that: 0.1% or more".into());
    }
    Ok(goal)
}

/// A percentage, as a fraction.
pub(super) fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').trim().parse::<f64>();
    match number {
        Ok(percent) if (0.0..1000.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("a percentage from 0 to 1000, such as 5%".into()),
    }
}

/// A size of memory in bytes.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "kib" | "k" => 10,
        "mib" | "m" => 20,
        "gib" | "g" => 30,
        _ => return Err("a size such as 512MiB or 4GiB".into()),
    };
    let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| "a size such as 512MiB or 4GiB".into())
}

/// A number of workers.
pub(super) fn workers(text: &str) -> Result<usize, String> {
    let most = lanes_core::Config::MOST_WORKERS;
    let number = text.parse::<usize>().ok();
    number
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| format!("a number from 1 to {most}"))
}

/// A pattern of `phases`.
pub(super) fn pattern(text: &str) -> Result<Pattern, String> {
    let found = Pattern::ALL.into_iter().find(|known| known.name() == text);
    found.ok_or_else(|| {
        let names = Pattern::ALL.map(Pattern::name).join(", ");
        format!("no pattern is called {text:?}: {names}")
    })
}

/// How many tasks a step has.
pub(super) fn width(text: &str) -> Result<usize, String> {
    const MOST: usize = 10_000;
    let number = text.parse::<usize>().ok();
    number
        .filter(|number| (1..=MOST).contains(number))
        .ok_or_else(|| format!("a number from 1 to {MOST}"))
}

/// A number of items, as `2^16` or `65536`.
pub(super) fn length(text: &str) -> Result<u64, String> {
    let number = match text.split_once('^') {
        Some(("2", power)) => {
            let power = power.parse().ok();
            power.and_then(|power: u32| 1u64.checked_shl(power))
        }
        Some(_) => None,
        None => text.parse().ok(),
    };
    // The largest that every reader of JSON keeps.
    number
        .filter(|number| (1..=1 << 53).contains(number))
        .ok_or_else(|| "a number such as 2^16 or 65536".into())
}

/// A peer as NAME=COMMAND.
pub(super) fn peer(text: &str) -> Result<Peer, String> {
    let (name, command) =
        text.split_once('=').ok_or("NAME=COMMAND is expected")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(format!(
            "{name:?} is no name: letters, digits, -, _ and ."
        ));
    }
    let words = shell_words::split(command).map_err(|e| e.to_string())?;
    if words.is_empty() {
        return Err("a command is expected after =".into());
    }
    Ok((name.to_owned(), words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_or_refused() {
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for wrong in ["", "0s", "-1s", "1y", "infs", "NaN", "1e9h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(percent("5%"), Ok(0.05));
        let one = Ok(Duration::from_millis(1));
        for same in ["1ms", "1 ms", "0.001s", "1000us", " 1000 µs "] {
            assert_eq!(span(same), one, "{same}");
        }
        assert_eq!(span("0"), Ok(Duration::ZERO));
        for wrong in ["", "5", "-1ms", "1x", "ms", "1e9s", "NaN", "2h", "1..s"]
        {
            assert!(span(wrong).is_err(), "{wrong}");
        }
        assert_eq!(positive("5_000"), Ok(5000));
        for wrong in ["0", "-1", "1.5", "many", "1e99"] {
            assert!(positive(wrong).is_err(), "{wrong}");
        }
        assert!(exponent("1").is_err() && exponent("0.5").is_err());
        assert_eq!(exponent("1.5"), Ok(1.5));
        assert!(lock("101%").is_err() && lock("-1%").is_err());
        assert_eq!(lock("100%"), Ok(1.0));
        assert_eq!(rate("1000/s"), Ok(1000.0));
        assert_eq!(rate("60/min"), Ok(1.0));
        for wrong in ["0", "-1/s", "1/y", "inf/s", ""] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
        let asked = axis("wait=0..10ms").unwrap();
        assert_eq!(asked.parameter, Parameter::Wait);
        assert_eq!(asked.range, (0.0, 0.01));
        for wrong in ["wiat", "wait=1ms", "wait=2ms..1ms", "skew=0.5..2"] {
            assert!(axis(wrong).is_err(), "{wrong}");
        }
        assert!(axis("wiat").unwrap_err().contains("did you mean \"wait\"?"));
        assert!(percent("-1").is_err() && percent("five").is_err());
        assert_eq!(bytes("2GiB"), Ok(2 << 30));
        for wrong in ["12", "0MiB", "99999999999GiB", "4TB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        assert!(workers("0").is_err() && workers("1025").is_err());
        assert!(width("0").is_err() && width("10001").is_err());
        assert_eq!(pattern("all-to-all"), Ok(Pattern::AllToAll));
        assert_eq!((length("2^16"), length("77")), (Ok(1 << 16), Ok(77)));
        for wrong in ["0", "2^54", "2^64", "3^2", "2^", "-1", "1e3"] {
            assert!(length(wrong).is_err(), "{wrong}");
        }
        assert!(pattern("star").unwrap_err().contains("stencil"));
        let words = ["python3", "my worker.py"].map(String::from).to_vec();
        let parsed = peer("py=python3 'my worker.py'");
        assert_eq!(parsed, Ok(("py".into(), words)));
        for wrong in ["py", "=x", "a/b=x", "py=", "py='"] {
            assert!(peer(wrong).is_err(), "{wrong}");
        }
    }
}
