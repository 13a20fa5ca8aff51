// The library in memory: readers by card, copies by barcode, who has what, with everything that was done since.
// Rows are as the server writes them (`circulation/queries/extract.py`): what is empty at their end is left out.
export const reader = (row) => ({
  id: row[1], cards: [row[2]].flat(), name: row[3], category: row[4], lastDay: row[5], state: row[6] ?? 0,
  owed: row[7] ?? 0, age: row[8] ?? 0, home: row[9] ?? "",
});
export const copy = (row) => ({
  id: row[1], barcode: row[2], title: row[3], type: row[4], record: row[5], state: row[6] ?? 0, home: row[7] ?? "",
  loan: row[8] ? loan(row[8]) : null, kept: row[9] || null, back: row[10] || null,
});
const loan = ([reader, due, renewals, onsite, unit, governs]) => ({
  reader, due, renewals: renewals ?? 0, onsite: Boolean(onsite), unit: unit ?? "", governs: governs ?? "",
});

export class Book {
  constructor(lines) {
    this.cards = new Map();
    this.readers = new Map();
    this.copies = new Map();
    this.loans = new Map();
    this.head = JSON.parse(lines[0]);
    for (const line of lines.slice(1)) {
      const row = JSON.parse(line);
      if (row.end) Object.assign(this, { units: row.units, policies: row.policies });
      else if (row[0] === "r") this.#enter(reader(row));
      else this.#shelve(copy(row));
    }
  }

  #enter(one) {
    this.readers.set(one.id, one);
    for (const card of one.cards) this.cards.set(card, one);
  }

  #shelve(one) {
    this.copies.set(one.barcode, one);
    if (one.loan) this.#lent(one.loan.reader).add(one);
  }

  #lent(reader) {
    if (!this.loans.has(reader)) this.loans.set(reader, new Set());
    return this.loans.get(reader);
  }

  loansOf(one) {
    return [...this.#lent(one.id)].sort((a, b) => a.loan.due - b.loan.due);
  }

  setLoan(one, loan) {
    if (one.loan) this.#lent(one.loan.reader).delete(one);
    one.loan = loan;
    if (loan) this.#lent(loan.reader).add(one);
  }

  // A copy nobody told this device of: it is known from now on by its barcode alone.
  unknown(barcode) {
    const one = copy(["i", 0, barcode, "", "", 0]);
    this.copies.set(barcode, one);
    return one;
  }

  name(unit, language) {
    const names = unit ? this.units[unit]?.[0] : this.head.names;
    return names?.[language] ?? names?.az ?? Object.values(names ?? {})[0] ?? unit;
  }

  path(unit) {
    return unit ? this.units[unit]?.[1] ?? "" : this.head.path;
  }
}
