//! A long list of numbers that crosses as it lies in memory.

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

/// A long list of numbers that crosses as it lies in memory, eight bytes each,
/// instead of number by number.
///
/// It may belong to another owner: then it is written to the other process from
/// where it lies, without a copy.
pub struct List(Owner);

enum Owner {
    This(Vec<u64>),
    Other(Box<dyn AsRef<[u64]> + Send + Sync>),
}

impl List {
    /// The list of another owner, which is kept as long as it is needed.
    pub fn of(owner: impl AsRef<[u64]> + Send + Sync + 'static) -> Self {
        Self(Owner::Other(Box::new(owner)))
    }

    /// The numbers; copied if another owner has them.
    pub fn into_vec(self) -> Vec<u64> {
        match self.0 {
            Owner::This(numbers) => numbers,
            Owner::Other(owner) => (*owner).as_ref().to_vec(),
        }
    }

    #[expect(unsafe_code, reason = "numbers as the bytes that they are")]
    fn bytes(&self) -> &[u8] {
        let numbers: &[u64] = self;
        // SAFETY: a number has no padding, and bytes need no alignment. They
        // are borrowed as long as the numbers.
        let (before, bytes, after) = unsafe { numbers.align_to() };
        debug_assert!(before.is_empty() && after.is_empty());
        bytes
    }
}

impl From<Vec<u64>> for List {
    fn from(numbers: Vec<u64>) -> Self {
        Self(Owner::This(numbers))
    }
}

impl Deref for List {
    type Target = [u64];

    fn deref(&self) -> &[u64] {
        match &self.0 {
            Owner::This(numbers) => numbers,
            Owner::Other(owner) => (**owner).as_ref(),
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} numbers", self.len())
    }
}

impl Serialize for List {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(self.bytes())
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_bytes(Bytes)
    }
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers of eight bytes each")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<List, E> {
        let numbers = bytes.chunks_exact(8);
        if !numbers.remainder().is_empty() {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        let mut list = Vec::new();
        list.try_reserve_exact(numbers.len()).map_err(E::custom)?;
        // Both processes are on one machine, and its order is theirs.
        list.extend(numbers.map(|number| {
            u64::from_ne_bytes(number.try_into().expect("8 bytes"))
        }));
        Ok(list.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_numbers() {
        let lists: [&'static [u64]; 3] = [&[], &[u64::MAX], &[1, 2 << 32, 3]];
        for numbers in lists {
            let bytes: Vec<u8> =
                numbers.iter().flat_map(|n| n.to_ne_bytes()).collect();
            for list in [List::from(numbers.to_vec()), List::of(numbers)] {
                assert_eq!(list.bytes(), bytes);
                assert_eq!(list.bytes().as_ptr(), list.as_ptr().cast());
            }
        }
    }
}
