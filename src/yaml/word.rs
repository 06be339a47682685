//! Keys that are asked for so often that they are compared by number, without a look at the text.
//!
//! Which they are is a matter of speed alone: any other key is compared as it is written.

/// The number of a text, or that it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u8);

/// The first stands for all other texts.
#[rustfmt::skip]
const WORDS: [&str; 37] = [
    "", "<<",
    "apiVersion", "kind", "metadata", "name", "namespace", "annotations", "labels",
    "data", "binaryData", "stringData", "sops",
    "spec", "template", "jobTemplate", "workloadRef", "containers", "initContainers",
    "env", "envFrom", "valueFrom", "configMapRef", "secretRef", "configMapKeyRef", "secretKeyRef", "key", "optional",
    "volumes", "volumeMounts", "configMap", "secret", "secretName", "projected", "sources", "csi", "items",
];

/// The number of the only word that may be the text, by the text's [`slot`].
const NUMBERS: [u8; SLOTS] = {
    let mut numbers = [0; SLOTS];
    let mut number: u8 = 1;
    while (number as usize) < WORDS.len() {
        let slot = slot(WORDS[number as usize].as_bytes());
        assert!(numbers[slot] == 0, "no two words may have one slot: choose other factors");
        numbers[slot] = number;
        number += 1;
    }
    numbers
};

const SLOTS: usize = 128;

const fn slot(text: &[u8]) -> usize {
    match text {
        [] => 0,
        [only] => (1 + *only as usize * 11) % SLOTS,
        [first, .., last] => (text.len() + *first as usize * 5 + *last as usize * 6) % SLOTS,
    }
}

impl Word {
    /// The text has no number.
    pub(super) const NONE: Self = Self(0);

    /// Whether the text has a number has not been looked for.
    pub(super) const UNCLEAR: Self = Self(u8::MAX);

    /// The number of `text`, if it has one.
    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        let number = NUMBERS[slot(text)];
        if WORDS[usize::from(number)].as_bytes() == text { Self(number) } else { Self::NONE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_has_a_number_and_no_other_text_has_one() {
        for (number, word) in WORDS.iter().enumerate() {
            assert_eq!(usize::from(Word::of(word.as_bytes()).0), number, "{word}");
            for other in [format!("{word}s"), word.to_uppercase() + ".", format!("x{word}")] {
                assert_eq!(Word::of(other.as_bytes()), Word::NONE, "{other}");
            }
        }
    }
}
