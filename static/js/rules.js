/* Rules of the dictionary in the browser: the twin of dictionary/rules.py. tests/dictionary/rule_cases.json holds
   the two equal. The server decides; this only shows and hides sooner.

   npcsRules.holds(rule, values)     does the rule hold?
   npcsRules.visible(whens, values)  the sorted keys of the items that are asked; whens is {item: rule or null}
   values maps an item's key to its value; {missing: reason} where a reason stands in place of a value. */
(function () {
  "use strict";

  const NUMBER = /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/;
  const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
  const trim = (text) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const isTree = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const own = (object, key) => (Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined);

  function holds(rule, values) {
    if (rule === null || rule === undefined) return true;
    const [operator, operand] = single(rule);
    switch (operator) {
      case "all":
        return operand.every((part) => holds(part, values));
      case "any":
        return operand.some((part) => holds(part, values));
      case "not":
        return !holds(operand, values);
      case "answered":
        return answer(own(values, operand)).length > 0;
      case "missing":
        return reason(own(values, operand)) !== null;
      case "=":
      case "in":
        return equal(values, operand);
      case "!=":
        return !equal(values, operand);
      case "<":
      case "<=":
        return answer(own(values, operand[0])).some((left) =>
          side(values, operand[1]).some((right) => before(left, right, operator === "<=")),
        );
      default:
        throw new Error("“" + operator + "” is not an operator of a rule.");
    }
  }

  function itemsIn(rule) {
    if (rule === null || rule === undefined) return [];
    const [operator, operand] = single(rule);
    if (operator === "all" || operator === "any") return operand.flatMap(itemsIn);
    if (operator === "not") return itemsIn(operand);
    if (operator === "answered" || operator === "missing") return [operand];
    const others = Array.isArray(operand[1]) ? operand[1] : [operand[1]];
    return [operand[0], ...others.filter(isTree).map((other) => other.item)];
  }

  function visible(whens, values) {
    const known = new Map();
    function shown(key) {
      if (!known.has(key)) {
        known.set(key, true);
        const asked = {};
        for (const other of itemsIn(whens[key])) {
          if (own(whens, other) === undefined || shown(other)) asked[other] = own(values, other);
        }
        known.set(key, holds(whens[key], asked));
      }
      return known.get(key);
    }
    return Object.keys(whens).filter(shown).sort();
  }

  function single(rule) {
    const entries = isTree(rule) ? Object.entries(rule) : [];
    if (entries.length !== 1) throw new Error("A rule is one operator with what it applies to.");
    return entries[0];
  }

  function reason(value) {
    return isTree(value) && typeof value.missing === "string" && value.missing ? value.missing : null;
  }

  function answer(value) {
    if (Array.isArray(value)) return value.flatMap(answer);
    if (isTree(value)) return typeof value.date === "string" ? answer(value.date) : [];
    if (value === null || value === undefined || (typeof value === "string" && !trim(value))) return [];
    return [value];
  }

  function side(values, wanted) {
    if (Array.isArray(wanted)) return wanted.flatMap((entry) => side(values, entry));
    if (isTree(wanted) && typeof wanted.item === "string") return answer(own(values, wanted.item));
    return answer(wanted);
  }

  function equal(values, operand) {
    const wanted = side(values, operand[1]);
    return answer(own(values, operand[0])).some((left) => wanted.some((right) => same(left, right)));
  }

  function same(left, right) {
    if (typeof left === "boolean" || typeof right === "boolean") return left === right;
    if (typeof left === "string" && typeof right === "string") return left === right;
    const a = number(left);
    return a !== null && a === number(right);
  }

  function before(left, right, orEqual) {
    const a = number(left);
    const b = number(right);
    if (a !== null && b !== null) return orEqual ? a <= b : a < b;
    if (typeof left === "string" && typeof right === "string" && DATE.test(left) && DATE.test(right)) {
      return orEqual ? left <= right : left < right;
    }
    return false;
  }

  function number(value) {
    if (typeof value === "number") return value;
    if (typeof value === "string" && NUMBER.test(trim(value))) return Number(trim(value));
    return null;
  }

  window.npcsRules = { holds, visible, itemsIn };
})();
