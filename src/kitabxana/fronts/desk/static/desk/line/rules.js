// What may be lent, until when, and where a copy goes that comes back: the server's rules as far as they can be known
// without it. What is refused here is refused there; what is done here the server judges again.
const STATES = ["item_withdrawn", "item_lost", "item_restricted", "item_not_for_loan", "item_damaged"];
const MINUTE = 60_000;
const DAY = 1440;

// The library's own days and minutes: whole numbers since 1970, its zone as it was when the extract was made.
const minute = (now) => Math.floor(now / MINUTE);
const zoneOffset = (head) => head.first * DAY - head.midnight;
export const day = (head, minutes) => Math.floor((minutes + zoneOffset(head)) / DAY);

const termsAt = (book, unit, reader, copy) => {
  const { cells, terms: all } = book.policies;
  const cell = cells[unit || book.head.unit]?.[reader.category]?.[copy.type];
  return cell === undefined ? null : all[cell];
};

// The terms of lending, null where this device does not know those of the library that governs.
export const terms = (book, reader, copy) => {
  const governs = { desk: "", item_home: copy.home, item_holding: copy.home, patron_home: reader.home };
  return termsAt(book, governs[book.head.governs] ?? "", reader, copy);
};

const endOf = (book, told, reader, table, from) => {
  const { head } = book;
  const step = told.hours ? Math.floor((from - head.midnight) / 30) : day(head, from) - head.first;
  const due = book.policies.tables[table][Math.max(0, step)] ?? null;
  if (due === null || !told.with_card) return due;
  return Math.min(due, (reader.lastDay + 1) * DAY - zoneOffset(head) - 1);
};

// Minutes since 1970, null where this device can't know.
export const dueOf = (book, reader, copy, now) => {
  const told = terms(book, reader, copy);
  return told && endOf(book, told, reader, told.loan, minute(now));
};

// A loan is renewed by the rules of the library that governed it.
export const renewedDue = (book, reader, copy, now) => {
  const told = termsAt(book, copy.loan.governs, reader, copy);
  if (!told) return null;
  const from = told.from_due ? Math.max(copy.loan.due, minute(now)) : minute(now);
  const due = endOf(book, told, reader, told.renewal, from);
  return due && Math.max(due, copy.loan.due);
};

const overdue = (book, reader, now) => book.loansOf(reader).filter((one) => one.loan.due < minute(now)).length;

// A limit counts the loans that fall under the row that set it, and no others.
const full = (book, reader, copy, told, name) => {
  const row = book.policies.limits[told[name]];
  if (!row) return null;
  const counted = book.loansOf(reader).filter((one) =>
    terms(book, reader, one)?.[name] === told[name] && book.path(one.loan.unit).startsWith(row.under)
    && (told.onsite_counts || !one.loan.onsite));
  return counted.length >= row.most ? { open: counted.length, limit: row.most } : null;
};

const date = (days) => ({ date: days * DAY * MINUTE });

// Everything that stands against lending, as [code, values].
export const lendingRefusals = (book, reader, copy, now) => {
  const told = terms(book, reader, copy);
  const found = [];
  const refuse = (when, code, values = {}) => when && found.push([code, values]);
  refuse(reader.state & 1, "card_invalid");
  refuse(reader.lastDay < day(book.head, minute(now)), "card_expired", date(reader.lastDay));
  refuse(reader.state & 2, "restricted");
  refuse(copy.loan?.reader === reader.id, "already_lent_to_patron");
  const theirs = copy.loan && copy.loan.reader !== reader.id;
  refuse(theirs && copy.back?.[2], "on_loan_return_elsewhere");
  refuse(theirs && !copy.back?.[2] && !told?.takes_back, "on_loan");
  if (copy.kept && copy.kept[0] !== reader.id) refuse(true, copy.kept[1] ? "held_for_other" : "wanted_by_other");
  if (!told) return found;
  const late = overdue(book, reader, now);
  const tooDeep = told.debt !== null && reader.owed > told.debt;
  refuse(tooDeep, "debt_too_high");
  refuse(!tooDeep && told.any_debt && reader.owed, "has_debt");
  refuse(told.late && late && !(reader.state & 2), "has_overdues", { overdues: late });
  refuse(told.age && reader.age && reader.age < told.age, "too_young", { age: told.age });
  STATES.forEach((code, bit) => refuse(copy.state & told.stops & (1 << bit), code));
  const another = book.loansOf(reader).some((one) => one !== copy && one.record && one.record === copy.record);
  refuse(!told.several && another && copy.loan?.reader !== reader.id, "has_another_copy");
  const due = dueOf(book, reader, copy, now);
  refuse(due !== null && due < minute(now), "due_in_past", { date: due * MINUTE });
  const renewable = copy.loan?.reader === reader.id && !renewalRefusals(book, reader, copy, now).length;
  const limit = renewable ? null : full(book, reader, copy, told, "most") ?? full(book, reader, copy, told, "most_of_all");
  refuse(limit, "too_many_loans", limit ?? {});
  return found;
};

export const renewalRefusals = (book, reader, copy, now) => {
  const told = termsAt(book, copy.loan.governs, reader, copy);
  const found = [];
  const refuse = (when, code, values = {}) => when && found.push([code, values]);
  refuse(copy.loan.onsite, "onsite_loan");
  refuse(copy.kept && copy.kept[0] !== reader.id, "wanted_by_other");
  if (!told) return found;
  refuse(told.barred_renewal && reader.state & 2, "restricted");
  refuse(told.card_renewal && reader.lastDay < day(book.head, minute(now)), "card_expired", date(reader.lastDay));
  const { due, renewals } = copy.loan;
  refuse(renewals >= told.renewals, "too_many_renewals", { renewals, limit: told.renewals });
  const first = told.not_before === null ? null : due - told.not_before * (told.hours ? 60 : DAY);
  refuse(first !== null && minute(now) < first, "too_soon", { date: first * MINUTE });
  const late = told.late_renewal === "deny" ? overdue(book, reader, now) : Number(told.late_renewal === "deny_item" && due < minute(now));
  refuse(late, "has_overdues", { overdues: late });
  return found;
};

// One instruction for a copy that came back: [code, values, tone].
export const whereTo = (book, copy, language) => {
  const [wanted, unit, shut] = copy.back ?? [];
  const library = book.name(unit ?? "", language);
  if (shut) return ["stays_with", { library }, "stop"];
  if (unit) return ["send_to", { library }, "send"];
  if (!wanted) return ["returned", {}, "ok"];
  const name = book.readers.get(wanted)?.name;
  return name ? ["keep_for", { name }, "hold"] : ["keep_for_other", {}, "hold"];
};
