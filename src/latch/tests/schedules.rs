//! Random schedules against the model.

use super::model::Model;
use super::*;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Acquire(u32),
    Begin(u32),
    Enter(usize),
    Check(usize),
    Settle(usize),
    Release(usize),
    Abandon(usize),
    Extend(usize),
    Fence(u32, bool),
    Look(usize, Look),
    Revoke(u32),
    Clock(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let any = 0usize..64;
    prop_oneof![
        5 => (0u32..3).prop_map(Step::Acquire),
        4 => (0u32..3).prop_map(Step::Begin),
        5 => any.clone().prop_map(Step::Enter),
        2 => any.clone().prop_map(Step::Check),
        3 => any.clone().prop_map(Step::Settle),
        4 => any.clone().prop_map(Step::Release),
        1 => any.clone().prop_map(Step::Abandon),
        1 => any.clone().prop_map(Step::Extend),
        2 => ((0u32..3), prop::bool::ANY).prop_map(|(key, done)| Step::Fence(key, done)),
        2 => (any, prop::sample::select(vec![Look::Over, Look::On, Look::Last]))
            .prop_map(|(index, next)| Step::Look(index, next)),
        1 => (0u32..3).prop_map(Step::Revoke),
        3 => (0u8..120).prop_map(Step::Clock),
    ]
}

/// What the latch says of each ticket and each key is what the model says.
fn compare(caller: &Caller, model: &Model, tickets: &[Ticket]) {
    for &ticket in tickets {
        let member = &model.members[&ticket];
        assert_eq!(caller.role(ticket), member.role, "the role of {ticket:?}");
        assert_eq!(caller.latch.token(ticket) > 0, member.has_turn, "whether {ticket:?} has had a turn");
        if member.role == Role::Holding {
            assert_eq!(caller.deadline(ticket), model.deadline(ticket), "the lease of {ticket:?}");
        }
    }
    for key in 0..3 {
        assert_eq!(caller.gates.contains_key(&key), model.keys.contains_key(&key), "whether key {key} leads anywhere");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// Whatever happens in whatever order: what the model says; tokens that only grow; and once time has passed and
    /// everyone has asked, nobody is left waiting.
    #[test]
    fn no_schedule_poisons_a_key(steps in prop::collection::vec(step(), 1..120)) {
        let mut caller = Caller::default();
        let mut model = Model::default();
        let mut tickets: Vec<Ticket> = Vec::new();
        let mut last_token = 0;
        for step in steps {
            let pick = |index: usize| tickets.get(index % tickets.len().max(1)).copied();
            match step {
                Step::Acquire(key) => {
                    let ticket = caller.acquire(key);
                    model.acquire(ticket, key, false);
                    tickets.push(ticket);
                }
                Step::Begin(key) => {
                    let ticket = caller.begin(key);
                    model.acquire(ticket, key, true);
                    tickets.push(ticket);
                }
                Step::Enter(index) => if let Some(ticket) = pick(index) {
                    caller.enter(ticket);
                    model.enter(ticket);
                },
                Step::Check(index) => if let Some(ticket) = pick(index) {
                    caller.check(ticket);
                    model.check(ticket);
                },
                Step::Settle(index) => if let Some(ticket) = pick(index) {
                    let current = caller.current(ticket);
                    let outcome = caller.settle(ticket);
                    assert_eq!(outcome, model.settle(ticket));
                    if outcome == Ok(Outcome::Store) {
                        assert_eq!(current, caller.latch.gate_of(ticket), "only the key's own gate may store");
                    }
                },
                Step::Release(index) => if let Some(ticket) = pick(index) {
                    caller.release(ticket);
                    model.release(ticket);
                    tickets.retain(|&other| other != ticket);
                },
                Step::Abandon(index) => if let Some(ticket) = pick(index) {
                    caller.abandon(ticket);
                    model.abandon(ticket);
                },
                Step::Extend(index) => if let Some(ticket) = pick(index) {
                    caller.latch.extend(ticket, LEASE, caller.now);
                    model.extend(ticket);
                },
                Step::Fence(key, done) => {
                    caller.change(key, done);
                    model.change(key, done);
                }
                // A load looks before it begins.
                Step::Look(index, next) => if let Some(ticket) = pick(index).filter(|ticket| !model.members[ticket].is_load) {
                    assert_eq!(caller.latch.look(ticket, next), model.look(ticket, next));
                },
                Step::Revoke(key) => {
                    caller.revoke(key);
                    model.revoke(key);
                }
                Step::Clock(by) => {
                    caller.now += f64::from(by);
                    model.now = caller.now;
                }
            }
            caller.latch.validate();
            compare(&caller, &model, &tickets);
            let newest = tickets.iter().map(|&ticket| caller.latch.token(ticket)).max().unwrap_or(0);
            prop_assert!(newest == 0 || newest >= last_token || tickets.iter().all(|&t| caller.latch.token(t) <= last_token));
            last_token = last_token.max(newest);
        }
        // The end: leases run out one after the other, and each ticket asks again and again.
        for _ in 0..=tickets.len() {
            caller.now += 32.0 * LEASE;
            for &ticket in &tickets {
                caller.enter(ticket);
            }
        }
        for &ticket in &tickets {
            let role = caller.role(ticket);
            prop_assert!(matches!(role, Role::Holding | Role::Settled | Role::Lost), "{ticket:?} is left {role:?}");
        }
        for ticket in tickets {
            caller.release(ticket);
        }
        prop_assert_eq!((caller.latch.gates(), caller.latch.tickets(), caller.gates.len()), (0, 0, 0));
    }
}
