//! Names that are meant by others.

/// The known name that is near enough to another one to be meant by it.
pub(crate) fn nearest<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let near = |known: &&str| strsim::damerau_levenshtein(name, known);
    let nearest = known.min_by_key(near);
    nearest.filter(|known| near(known) <= name.len().div_ceil(2))
}
