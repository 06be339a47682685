//! Sixty-four bytes at a time: which of them are of a class, one bit for each.
//!
//! Lines are short, and a search that begins anew for each of them takes longer to begin than to
//! search.

use wide::u8x16;

/// How many bytes a block has.
const BLOCK: usize = 64;

/// How wide a margin can be searched.
pub(super) const MAX_MARGIN: usize = BLOCK;

/// Sixty-four bytes.
pub(super) struct Block([u8x16; BLOCK / LANES]);

const LANES: usize = 16;

impl Block {
    /// A bit for each byte, the first byte's the lowest: whether it is in `class`, which gives 255 for
    /// those that are and 0 for the others.
    pub(super) fn mask(&self, class: impl Fn(u8x16) -> u8x16) -> u64 {
        let quarters = self.0.iter().rev();
        quarters.fold(0, |mask, &bytes| mask << LANES | u64::from(class(bytes).to_bitmask()))
    }
}

/// Gives `look` the blocks of `bytes` in order, each with its offset, until there is an answer. The last
/// one is filled up with spaces.
#[inline]
pub(super) fn find_map<R>(
    bytes: &[u8],
    mut look: impl FnMut(usize, Block) -> Option<R>,
) -> Option<R> {
    let (blocks, rest) = bytes.as_chunks();
    let mut last = [b' '; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    // One call for all of them, so that `look` is inlined.
    for index in 0..=blocks.len() {
        let (quarters, _) = blocks.get(index).unwrap_or(&last).as_chunks();
        let block = Block(std::array::from_fn(|at| u8x16::new(quarters[at])));
        let found = look(index * BLOCK, block);
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The bytes that are `byte`.
pub(super) fn is(byte: u8) -> impl Fn(u8x16) -> u8x16 {
    move |bytes| bytes.simd_eq(u8x16::splat(byte))
}

/// The places of the bits of `mask`, in order.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        bit
    })
}

/// The first byte of `bytes` that is neither a space nor a line end, and is among the first `columns`
/// of its line; `bytes` begins with a line.
///
/// `columns` must not be more than [`MAX_MARGIN`].
pub(super) fn find_in_margin(bytes: &[u8], columns: usize) -> Option<usize> {
    let mut before: u64 = 1 << 63;
    find_map(bytes, |offset, block| {
        let ends = block.mask(is(b'\n'));
        let blank = block.mask(is(b' ')) | ends;
        // The bytes that follow a line end by one, by two, and so on.
        let mut margin = (u128::from(ends) << 64 | u128::from(before)) << 1;
        let mut width = 1;
        while width < columns {
            let step = width.min(columns - width);
            margin |= margin << step;
            width += step;
        }
        before = ends;
        let found = u64::try_from(margin >> 64).expect("64 bits are left") & !blank;
        bits(found).next().map(|bit| offset + bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_margin_is_found() {
        for before in 0..200 {
            let text = format!("{}\n\n  \n    x\n   \n  y\n", "    a\n".repeat(before));
            let start = before * 6;
            assert_eq!(find_in_margin(text.as_bytes(), 2), None, "{before}");
            assert_eq!(find_in_margin(text.as_bytes(), 3), Some(start + 17), "{before}");
            assert_eq!(find_in_margin(text.as_bytes(), 4), Some(start + 17), "{before}");
        }
        assert_eq!(find_in_margin(b"    a", 5), Some(4));
        assert_eq!(find_in_margin(b"a", 1), Some(0));
        assert_eq!(find_in_margin(b"", 1), None);
    }

    #[test]
    fn a_bit_stands_for_each_byte() {
        let text = [b"a".repeat(63), b"bb".to_vec(), b"a".repeat(70), b"b".to_vec()].concat();
        let mut found = Vec::new();
        find_map(&text, |offset, block| {
            found.extend(bits(block.mask(is(b'b'))).map(|bit| offset + bit));
            None::<()>
        });
        assert_eq!(found, [63, 64, 135]);
    }
}
