//! Requests: the keys that a caller asks for, the same in every run.

use keylatch::engine::random::Random;

/// Requests, over and over again.
pub struct Stream {
    /// Keys are from 0 up to this.
    pub keys: u32,
    requests: Vec<u32>,
    at: usize,
}

impl Stream {
    /// Each key is as likely as any other.
    pub fn uniform(keys: u32, length: u32) -> Self {
        let mut random = Random::new(7);
        Self::new(keys, length, || (random.share() * f64::from(keys)) as u32)
    }

    /// The key that comes k-th most often comes 1/k as often as the first. There are as many keys as it takes for the
    /// first `popular` ones to get four fifths of the requests.
    pub fn zipf(popular: u32, length: u32) -> Self {
        let mut sums: Vec<f64> = Vec::new();
        let (mut sum, mut least) = (0.0, f64::INFINITY);
        while sum < least {
            sum += 1.0 / (sums.len() + 1) as f64;
            sums.push(sum);
            if sums.len() == popular as usize {
                least = sum / 0.8;
            }
        }
        let mut random = Random::new(7);
        Self::new(sums.len() as u32, length, || {
            let wanted = random.share() * sum;
            sums.partition_point(|&below| below <= wanted) as u32
        })
    }

    fn new(keys: u32, length: u32, mut draw: impl FnMut() -> u32) -> Self {
        Self { keys, requests: (0..length).map(|_| draw()).collect(), at: 0 }
    }

    /// How many requests there are before the first one comes again.
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// The next request's key.
    pub fn next(&mut self) -> u32 {
        self.at = if self.at + 1 < self.requests.len() { self.at + 1 } else { 0 };
        self.requests[self.at]
    }
}
