//! Random worlds.

use super::node::Stage;
use super::store::Subject;
use super::world::{Packet, Setup, Step, World};
use proptest::prelude::*;

/// Everything that can happen now, with how likely it is.
pub fn steps(world: &World) -> Vec<(Step, u32)> {
    let mut steps = vec![(Step::Tick, 24)];
    for message in &world.messages {
        let next = match message.packet {
            Packet::Question(_) => Step::Ask(message.id),
            Packet::Answer(..) => Step::Deliver(message.id),
        };
        steps.extend([(next, 24), (Step::Lose(message.id), 2)]);
    }
    for (at, node) in world.nodes.iter().enumerate() {
        if !node.is_polling {
            steps.push((Step::Poll(at), 24));
        }
        if !node.outbox.is_empty() {
            steps.push((Step::Resend(at), 8));
        }
        for key in 0..world.setup.keys {
            match node.flights[key].map(|flight| flight.stage) {
                None if node.hit(key, world.now).is_none() => steps.push((Step::Load(at, key), 24)),
                Some(Stage::Loading { .. }) => steps.push((Step::Source(at, key), 24)),
                Some(Stage::Loaded { .. }) => steps.push((Step::Finish(at, key), 24)),
                _ => {}
            }
            steps.extend([
                (Step::Change(at, Subject::Key(key)), 2),
                (Step::Put(at, key), 2),
                (Step::PutAlone(at, key), 2),
            ]);
        }
        steps.extend([(Step::Change(at, Subject::Tag), 2), (Step::Change(at, Subject::All), 1), (Step::Crash(at), 1)]);
    }
    steps.extend([(Step::Replicate, 2), (Step::FailOver, 1), (Step::Restart, 1), (Step::Trim, 1)]);
    steps
}

/// One of the steps.
fn choose(steps: &[(Step, u32)], choice: u16) -> Step {
    let mut rest = u32::from(choice) % steps.iter().map(|(_, weight)| weight).sum::<u32>();
    let chosen = steps.iter().find(|(_, weight)| match rest.checked_sub(*weight) {
        Some(left) => {
            rest = left;
            false
        }
        None => true,
    });
    chosen.unwrap().0
}

/// Plays a world by chance, and says what went wrong, with the fewest steps that lead there.
pub fn play(setup: Setup, choices: &[u16]) -> Result<(), String> {
    let mut world = World::new(setup);
    let mut taken = Vec::new();
    for &choice in choices {
        let step = choose(&steps(&world), choice);
        taken.push(step);
        world.step(step);
    }
    let Some(fault) = world.broken else { return Ok(()) };
    let steps = shorten(taken, |taken| replay(setup, taken).broken.is_some());
    Err(format!("{fault}{}", steps.iter().map(|step| format!("\n  {step:?}")).collect::<String>()))
}

/// Takes some steps. What can't happen is left out.
fn replay(setup: Setup, taken: &[Step]) -> World {
    let mut world = World::new(setup);
    for &step in taken {
        if steps(&world).iter().any(|(possible, _)| *possible == step) {
            world.step(step);
        }
    }
    world
}

/// Leaves out steps, many at once and then one by one, as long as it fails.
fn shorten(mut taken: Vec<Step>, fails: impl Fn(&[Step]) -> bool) -> Vec<Step> {
    for length in [16, 4, 1, 1] {
        let mut end = taken.len();
        while end > 0 {
            let begin = end.saturating_sub(length);
            let rest = [&taken[..begin], &taken[end..]].concat();
            if fails(&rest) {
                taken = rest;
            }
            end = begin;
        }
    }
    taken
}

pub const SETUP: Setup = Setup { nodes: 3, keys: 2, doubt: 2, lease: None, fault: None };

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_gets_what_was_invalidated(choices in prop::collection::vec(any::<u16>(), 0..200)) {
        play(SETUP, &choices).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn one_node_loads_for_all(choices in prop::collection::vec(any::<u16>(), 0..200)) {
        play(Setup { lease: Some(3), ..SETUP }, &choices).map_err(TestCaseError::fail)?;
    }
}
