//! Runs of symbols as numbers, each in constant time (Rabin and Karp, 1987).

use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
};

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// Numbers of runs. They are hashes already, so the set takes them as they are.
pub(super) type Set = HashSet<u64, BuildHasherDefault<AsItIs>>;

/// A text's symbols, ready to give the number of any run.
#[derive(Debug)]
pub(super) struct Runs {
    sums: Vec<u64>,
}

impl Runs {
    pub(super) fn of<T: Hash>(symbols: &[T]) -> Self {
        let mut sums = vec![0];
        let mut sum = 0_u64;
        for symbol in symbols {
            let mut hasher = DefaultHasher::new();
            symbol.hash(&mut hasher);
            sum = sum.wrapping_mul(BASE).wrapping_add(hasher.finish());
            sums.push(sum);
        }
        Self { sums }
    }

    /// The numbers of all runs of `length`, in order.
    pub(super) fn each(&self, length: usize) -> impl Iterator<Item = u64> + '_ {
        let power = (0..length).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        self.sums.iter().zip(self.sums.iter().skip(length)).map(move |(before, after)| {
            let run = after.wrapping_sub(before.wrapping_mul(power));
            (run ^ (run >> 29) ^ length as u64).wrapping_mul(BASE)
        })
    }

    /// Those runs of `length` that are wanted.
    pub(super) fn among(&self, length: usize, wanted: &Set) -> Set {
        self.each(length).filter(|run| wanted.contains(run)).collect()
    }
}

/// A hasher for numbers that are hashes.
#[derive(Debug, Default)]
pub(super) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn equal_runs_have_equal_numbers_wherever_they_stand() {
        let (text, part) = (Runs::of(&["a", "b", "c", "d"]), Runs::of(&["b", "c"]));
        let numbers: Vec<u64> = text.each(2).collect();
        assert_eq!((numbers.len(), numbers[1]), (3, part.each(2).next().unwrap_or_default()));
        assert!(text.each(3).all(|run| !numbers.contains(&run)) && text.each(5).next().is_none());
    }
}
