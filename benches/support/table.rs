//! Plain tables of spreads.

/// Minimum, median, 95th percentile, maximum.
pub fn spread(values: &[f64]) -> [f64; 4] {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * (sorted.len() as f64 - 1.0)).round();
        sorted.get(place as usize).copied().unwrap_or(f64::NAN)
    };
    [at(0.0), at(0.5), at(0.95), at(1.0)]
}

/// `min / median / p95 / max` with so many decimals.
pub fn figures(values: &[f64], decimals: usize) -> String {
    if values.is_empty() {
        return "-".into();
    }
    spread(values)
        .map(|value| format!("{:.decimals$}", value + 0.0))
        .join(" / ")
}

/// The 95th percentile of the distances from zero.
pub fn p95_distance(values: &[f64]) -> f64 {
    let distances: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    spread(&distances)[2]
}

/// Prints a Markdown table whose columns are aligned.
pub fn print(head: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max();
        widest.unwrap_or(0).max(head[column].chars().count())
    };
    let line = |cells: &[String]| {
        let padded = cells
            .iter()
            .enumerate()
            .map(|(at, cell)| format!("{cell:<0$}", width(at)));
        println!("| {} |", padded.collect::<Vec<_>>().join(" | "));
    };
    line(&head.iter().map(ToString::to_string).collect::<Vec<_>>());
    line(
        &(0..head.len())
            .map(|at| "-".repeat(width(at)))
            .collect::<Vec<_>>(),
    );
    for row in rows {
        line(row);
    }
    println!();
}
