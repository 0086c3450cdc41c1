//! Loads of many keys.

use super::*;

type Many = Output<Result<Vec<u32>, LoadError<&'static str>>>;

/// Asks for many keys. Their loader waits for the gate, and then brings ten times each key, but for those from 100 on.
fn begin(loads: &mut Loads, keys: &[u32], gate: &Gate) -> (Rc<RefCell<Vec<Vec<u32>>>>, usize, Many) {
    let (cache, keys, gate) = (loads.cache.clone(), keys.to_vec(), gate.clone());
    let calls: Rc<RefCell<Vec<Vec<u32>>>> = Rc::default();
    let noted = Rc::clone(&calls);
    let loader = async move |missing: Vec<u32>| {
        noted.borrow_mut().push(missing.clone());
        gate.load().await?;
        Ok(missing.into_iter().filter(|&key| key < 100).map(|key| (key, 10 * key)).collect::<Vec<_>>())
    };
    let (task, output) = loads.stage.spawn(async move { cache.load_many(keys, loader).await });
    (calls, task, output)
}

fn values(output: &Many) -> Option<Vec<u32>> {
    output.borrow().clone()?.ok()
}

#[test]
fn one_call_for_all_that_is_missing() {
    let mut loads = Loads::new();
    loads.cache.insert(1, 1);
    let (elsewhere, gate) = (Gate::default(), Gate::default());
    loads.begin(&elsewhere);
    let (calls, _, output) = begin(&mut loads, &[3, 1, 7, 2, 3], &gate);
    let joined = {
        let cache = loads.cache.clone();
        loads.stage.spawn(async move { cache.load(&2, async |_| Err::<u32, _>("not called")).await }).1
    };
    assert_eq!(*calls.borrow(), [[3, 2]], "7 is loaded by somebody else");
    gate.open(Ok(0));
    loads.stage.run();
    assert_eq!((value(&joined), values(&output)), (Some(20), None));
    elsewhere.open(Ok(5));
    loads.stage.run();
    assert_eq!(values(&output), Some(vec![30, 1, 5, 20, 30]));
    assert_eq!((loads.cache.get(&3), calls.borrow().len()), (Some(30), 1));
    let (calls, _, output) = begin(&mut loads, &[], &gate);
    assert_eq!((values(&output), calls.borrow().len()), (Some(vec![]), 0));
    loads.assert_nothing_is_left();
}

#[test]
fn an_error_goes_to_all_and_keeps_its_type() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    let (_, _, output) = begin(&mut loads, &[7, 8], &gate);
    let joined = loads.begin(&Gate::default()).1;
    gate.open(Err("down"));
    loads.stage.run();
    assert_eq!(output.take().unwrap().unwrap_err().loader(), Some(&"down"));
    assert!(matches!(error(&joined), Some(LoadError::Loader(error)) if *error == "down"));
    loads.assert_nothing_is_left();
}

#[test]
fn a_key_that_is_not_brought_has_an_error_of_its_own() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    gate.open(Ok(0));
    let (_, _, output) = begin(&mut loads, &[1, 100, 2], &gate);
    assert!(matches!(output.take(), Some(Err(LoadError::Missing))));
    assert_eq!((loads.cache.get(&1), loads.cache.get(&2), loads.cache.get(&100)), (Some(10), Some(20), None));
    loads.assert_nothing_is_left();
}

#[test]
fn who_comes_late_loads_alone() {
    let mut loads = Loads::new();
    let gate = Gate::default();
    gate.open(Ok(0));
    let turn = loads.cache.acquire(&8).unwrap();
    let (calls, _, output) = begin(&mut loads, &[7, 8, 9], &gate);
    assert_eq!((values(&output), calls.borrow().as_slice()), (None, [vec![7, 9]].as_slice()));
    drop(turn);
    loads.stage.run();
    assert_eq!((values(&output), calls.borrow().len()), (Some(vec![70, 80, 90]), 2));
    loads.assert_nothing_is_left();
}

#[test]
fn a_dropped_caller_hands_each_key_over() {
    let mut loads = Loads::new();
    let (dead, alive) = (Gate::default(), Gate::default());
    let (_, task, _) = begin(&mut loads, &[6, 7], &dead);
    let other = loads.begin(&alive).1;
    loads.stage.drop_task(task);
    assert_eq!((dead.ended.get(), alive.calls.get()), (1, 1));
    alive.open(Ok(5));
    loads.stage.run();
    assert_eq!(value(&other), Some(5));
    loads.assert_nothing_is_left();
}
