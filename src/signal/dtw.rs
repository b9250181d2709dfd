//! How far two utterances are apart once one is stretched and squeezed in time to fit the other: dynamic time warping
//! (Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word recognition", IEEE Trans. ASSP 26, 1978).
//!
//! Promise: the distance is symmetric, zero for an utterance and itself, and does not grow with length: it is the mean
//! Euclidean distance along the best path, with their symmetric weights (a diagonal step counts twice, so all paths weigh
//! the same). Time runs at most a quarter of the longer utterance ahead or behind (their band). It does not fail.

use super::mfcc::Vector;

/// Half the width of the band, as a share of the longer utterance.
const BAND: f32 = 0.25;
/// Half the width of the band at least, hops.
const LEAST_BAND: f32 = 3.0;

/// Compares; keeps its memory from one comparison to the next.
#[derive(Debug, Default)]
pub struct Warp {
    previous: Vec<f32>,
    current: Vec<f32>,
}

impl Warp {
    /// The distance of `a` and `b`, or `None` as soon as it is certain to be above `limit`. Empty utterances have none.
    pub fn distance(&mut self, a: &[Vector], b: &[Vector], limit: f32) -> Option<f32> {
        if a.is_empty() || b.is_empty() {
            return None;
        }
        let weight = (a.len() + b.len()) as f32;
        let most = limit * weight;
        self.previous.clear();
        self.previous.resize(b.len() + 1, f32::INFINITY);
        self.current.clone_from(&self.previous);
        self.previous[0] = 0.0;
        let slope = (b.len() - 1) as f32 / (a.len() - 1).max(1) as f32;
        let half = BAND * a.len().max(b.len()) as f32;
        // At least so wide that the rows of a very short utterance hang together.
        let half = half.max(LEAST_BAND).max(slope);
        for (i, x) in a.iter().enumerate() {
            let middle = i as f32 * slope;
            let from = (middle - half).max(0.0) as usize;
            let to = ((middle + half) as usize).min(b.len() - 1);
            if self.row(x, b, from, to) > most {
                return None;
            }
            std::mem::swap(&mut self.previous, &mut self.current);
        }
        let total = self.previous[b.len()];
        (total <= most).then_some(total / weight)
    }

    /// The distance of all of `a` and that beginning of `b` which is nearest to it, and how long that is: at least half
    /// and at most twice as long as `a`. `None` where `b` is shorter than half of `a`, or one of them empty.
    pub fn beginning(&mut self, a: &[Vector], b: &[Vector]) -> Option<(f32, usize)> {
        let ends = a.len().div_ceil(2)..=(2 * a.len()).min(b.len());
        if a.is_empty() || ends.is_empty() {
            return None;
        }
        self.previous.clear();
        self.previous.resize(b.len() + 1, f32::INFINITY);
        self.current.clone_from(&self.previous);
        self.previous[0] = 0.0;
        let ahead = LEAST_BAND as usize;
        for (i, x) in a.iter().enumerate() {
            let from = (i / 2).saturating_sub(ahead);
            let to = (2 * i + ahead).min(b.len() - 1);
            self.row(x, b, from, to);
            std::mem::swap(&mut self.previous, &mut self.current);
        }
        ends.map(|end| (self.previous[end] / (a.len() + end) as f32, end))
            .min_by(|x, y| x.0.total_cmp(&y.0))
            .filter(|(distance, _)| distance.is_finite())
    }

    /// The mean distance between the hops of `a` and those of `b` in no order: what nothing in common comes to. 0 of
    /// nothing. Of long utterances every few hops are looked at.
    pub fn unordered(a: &[Vector], b: &[Vector]) -> f32 {
        let step = |hops: &[Vector]| hops.len() / 100 + 1;
        let (mut sum, mut count) = (0.0, 0_u32);
        for x in a.iter().step_by(step(a)) {
            for y in b.iter().step_by(step(b)) {
                sum += apart(x, y);
                count += 1;
            }
        }
        sum / count.max(1) as f32
    }

    /// Costs of the best paths to `x` and each of `b[from..=to]`; the least of them, below which no path can end.
    fn row(&mut self, x: &Vector, b: &[Vector], from: usize, to: usize) -> f32 {
        self.current.fill(f32::INFINITY);
        let mut left = f32::INFINITY;
        let mut least = f32::INFINITY;
        for (j, y) in b.iter().enumerate().take(to + 1).skip(from) {
            let cost = apart(x, y);
            let diagonal = self.previous[j] + 2.0 * cost;
            let straight = self.previous[j + 1].min(left) + cost;
            left = diagonal.min(straight);
            self.current[j + 1] = left;
            least = least.min(left);
        }
        least
    }
}

fn apart(a: &Vector, b: &Vector) -> f32 {
    // Four sums side by side, which the compiler turns into one of vectors.
    let mut sums = [0.0_f32; 4];
    let (a_fours, b_fours) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest = a_fours.remainder().iter().zip(b_fours.remainder());
    let mut rest: f32 = rest.map(|(x, y)| (x - y) * (x - y)).sum();
    for (x, y) in a_fours.zip(b_fours) {
        for n in 0..4 {
            sums[n] += (x[n] - y[n]) * (x[n] - y[n]);
        }
    }
    rest += (sums[0] + sums[1]) + (sums[2] + sums[3]);
    rest.sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::mfcc::DIMENSIONS;
    use super::*;

    /// An utterance whose first figure is as given, the others zero.
    fn said(figures: &[f32]) -> Vec<Vector> {
        let vector = |figure: &f32| {
            let mut vector = [0.0; DIMENSIONS];
            vector[0] = *figure;
            vector
        };
        figures.iter().map(vector).collect()
    }

    fn distance(a: &[f32], b: &[f32]) -> f32 {
        let distance = Warp::default().distance(&said(a), &said(b), f32::INFINITY);
        distance.unwrap()
    }

    #[test]
    fn the_same_said_slower_is_no_distance_away() {
        let quick = [0.0, 1.0, 4.0, 2.0, 0.0, 3.0, 3.0, 1.0];
        let slow: Vec<f32> = quick.iter().flat_map(|x| [*x, *x]).collect();
        assert!(distance(&quick, &quick) < 1e-6);
        assert!(distance(&quick, &slow) < 1e-6);
        assert!(distance(&slow, &quick) < 1e-6);
    }

    #[test]
    fn the_distance_is_the_mean_along_the_best_path() {
        // By hand: 0-0 (2*0), 1-2 (2*1), 2-2 (1*0), 3-3 (2*0), weights 7 in all... every path weighs 4 + 3.
        assert!((distance(&[0.0, 1.0, 2.0, 3.0], &[0.0, 2.0, 3.0]) - 1.0 / 7.0).abs() < 1e-6);
        // A constant shift costs itself at any length.
        assert!((distance(&[1.0; 10], &[3.5; 14]) - 2.5).abs() < 1e-6);
    }

    #[test]
    fn both_orders_give_the_same_distance() {
        let a: Vec<f32> = (0..40).map(|n| (n as f32 * 0.3).sin() * 3.0).collect();
        let b: Vec<f32> = (0..52).map(|n| (n as f32 * 0.21).cos() * 2.0).collect();
        assert!((distance(&a, &b) - distance(&b, &a)).abs() < 0.02);
    }

    #[test]
    fn time_does_not_run_further_ahead_than_the_band() {
        let early: Vec<f32> = (0..40).map(|n| if n < 4 { 5.0 } else { 0.0 }).collect();
        let late: Vec<f32> = (0..40).map(|n| if n >= 36 { 5.0 } else { 0.0 }).collect();
        assert!(distance(&early, &late) > 0.4);
    }

    #[test]
    fn what_is_too_far_away_is_given_up_and_what_is_not_is_exact() {
        let (a, b) = (said(&[0.0; 30]), said(&[2.0; 30]));
        let mut warp = Warp::default();
        assert_eq!(warp.distance(&a, &b, 1.9), None);
        assert_eq!(
            warp.distance(&a, &b, 2.1),
            warp.distance(&a, &b, f32::INFINITY)
        );
    }

    #[test]
    fn what_was_broken_off_is_no_distance_away_from_its_beginning() {
        let whole: Vec<f32> = (0..40).map(|n| (n as f32 * 0.3).sin() * 3.0).collect();
        let beginning = |a: &[f32]| Warp::default().beginning(&said(a), &said(&whole));
        assert_eq!(beginning(&whole[..24]), Some((0.0, 24)));
        let (distance, _) = beginning(&whole[12..36]).unwrap();
        assert!(distance > 0.3, "{distance}");
        assert_eq!(beginning(&[0.0; 90]), None, "there is too little of it");
        assert_eq!(beginning(&[]), None);
    }

    #[test]
    fn without_an_order_the_mean_distance_counts() {
        let mean = |a: &[f32], b: &[f32]| Warp::unordered(&said(a), &said(b));
        assert!((mean(&[0.0, 2.0], &[1.0, 5.0]) - 2.5).abs() < 1e-6);
        assert!(mean(&[], &[1.0]).abs() < 1e-6);
    }

    #[test]
    fn utterances_of_any_two_lengths_have_a_distance() {
        for a in 1..60 {
            for b in 1..60 {
                assert!(
                    distance(&vec![1.0; a], &vec![1.0; b]) < 1e-6,
                    "{a} and {b} hops"
                );
            }
        }
        assert_eq!(Warp::default().distance(&[], &said(&[1.0]), 1.0), None);
    }
}
