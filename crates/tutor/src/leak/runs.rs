//! Runs of tokens as numbers, each in constant time (Rabin and Karp's rolling hash).

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

/// A set of what has a hash already.
pub(super) type Set<T> = HashSet<T, BuildHasherDefault<Hashed>>;
/// A map from what has a hash already.
pub(super) type Map<K, V> = HashMap<K, V, BuildHasherDefault<Hashed>>;

/// Tokens, ready to give the number of any run.
#[derive(Debug)]
pub(super) struct Runs {
    sums: Vec<u64>,
}

impl Runs {
    pub(super) fn of(tokens: &[u64]) -> Self {
        let mut sums = Vec::with_capacity(tokens.len() + 1);
        let mut sum = 0_u64;
        sums.push(sum);
        for token in tokens {
            sum = sum.wrapping_mul(BASE).wrapping_add(*token ^ (token >> 31));
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
}

/// A hasher for what has a hash already.
#[derive(Debug, Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(26) ^ number).wrapping_mul(BASE);
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    fn each(tokens: &[u64], length: usize) -> Vec<u64> {
        Runs::of(tokens).each(length).collect()
    }

    #[test]
    fn equal_runs_have_equal_numbers_wherever_they_stand() {
        let (text, part) = (each(&[7, 8, 9, 10], 2), each(&[8, 9], 2));
        assert_eq!((text.len(), text[1]), (3, part[0]));
        assert!(each(&[7, 8, 9], 3).iter().all(|run| !text.contains(run)) && each(&[7], 2).is_empty());
    }
}
