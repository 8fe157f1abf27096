//! The values of options: times, percentages, sizes of memory, peers.

use lanes_core::workload::Pattern;
use std::time::Duration;

/// A peer of the command line: its name, and its command in words.
pub(crate) type Peer = (String, Vec<String>);

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
