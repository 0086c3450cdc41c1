//! Random numbers for decisions that nobody should foresee, and that nothing hangs on.

/// Marsaglia's xorshift with 32 bits of state. A library's generator adds ten times as much code to the module.
#[derive(Debug)]
pub struct Random {
    state: u32,
}

impl Random {
    /// A generator whose numbers follow from `seed`.
    pub const fn new(seed: u32) -> Self {
        // The state 0 would stay 0.
        Self { state: if seed == 0 { 0x9E37_79B9 } else { seed } }
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: u32) -> bool {
        self.next().is_multiple_of(times)
    }

    /// A number from 0 up to 1.
    pub fn share(&mut self) -> f64 {
        f64::from(self.next()) / 4_294_967_296.0
    }

    #[inline(always)]
    fn next(&mut self) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_spread_and_chances_are_as_named() {
        for seed in [0, 1, 42, u32::MAX] {
            let mut random = Random::new(seed);
            let shares: Vec<f64> = (0..10_000).map(|_| random.share()).collect();
            assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
            let mean = shares.iter().sum::<f64>() / 10_000.0;
            assert!((0.48..0.52).contains(&mean), "{mean} from {seed}");
            let hits = (0..128_000).filter(|_| random.one_in(128)).count();
            assert!((850..1150).contains(&hits), "{hits} from {seed}");
        }
    }
}
