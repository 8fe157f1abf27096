//! Which of the chosen rows a session takes that was asked for no workload.

use crate::select::like;
use lanes_core::Row;

/// Leaves out the rows that are taken by name only, but for those whose
/// workload a filter names. Where no other is left, all stay: they are those of
/// a model that was named.
pub(crate) fn usual(rows: &mut Vec<Box<dyn Row>>, filters: &[String]) {
    let named = |row: &dyn Row| {
        let mut workloads = filters.iter().filter_map(|f| f.split('/').next());
        workloads.any(|workload| like(workload, row.workload()))
    };
    let is_taken = |row: &dyn Row| row.is_usual() || named(row);
    if rows.iter().any(|row| is_taken(&**row)) {
        rows.retain(|row| is_taken(&**row));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::{Size, WORKLOADS, rows};

    fn left(filters: &[&str]) -> Vec<&'static str> {
        let mut rows = rows(Size::Quick);
        let filters: Vec<String> =
            filters.iter().map(|filter| (*filter).to_owned()).collect();
        usual(&mut rows, &filters);
        rows.iter().map(|row| row.workload()).collect()
    }

    #[test]
    fn a_row_by_name_only_is_taken_where_its_workload_is_named() {
        // A workload without a usual size.
        let other = "phases";
        assert!(WORKLOADS.iter().any(|known| known.name == other));
        for named in [other, "*", &format!("{other}/rayon")] {
            assert!(left(&[named]).contains(&other), "{named}");
        }
        for unnamed in [&[][..], &["rayon"], &["max"], &["max", "tokio"]] {
            let left = left(unnamed);
            assert!(!left.contains(&other), "{unnamed:?}");
            assert!(left.contains(&"max"), "{unnamed:?}");
        }
    }

    #[test]
    fn rows_of_a_model_that_has_no_other_stay() {
        let mut rows = rows(Size::Quick);
        rows.retain(|row| !row.is_usual());
        let count = rows.len();
        usual(&mut rows, &["a_model".into()]);
        assert_eq!(rows.len(), count);
    }
}
