//! "Did you mean": the nearest of the words that there are.

/// The one of `known` that `word` is most like, if it is like any: at most one edit for each three
/// letters, two letters that changed places being one edit.
pub(crate) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let most = (length / 3).max(1);
    let may_be_near = |other: &&str| other.chars().count().abs_diff(length) <= most;
    let distance = |other: &str| strsim::damerau_levenshtein(&word, &other.to_lowercase());
    let near = known.into_iter().filter(may_be_near).map(|other| (distance(other), other));
    let near = near.filter(|(distance, _)| *distance <= most);
    near.min_by_key(|(distance, _)| *distance).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_suggested_unless_all_are_far() {
        let known = ["search", "match", "auto"];
        assert_eq!(nearest("serach", known), Some("search"));
        assert_eq!(nearest("Match", known), Some("match"));
        assert_eq!(nearest("frequency", known), None);
    }
}
