// The twin of language.py: texts in the language of the page, whose messages a book's build gives it as gttMessages.
const gttSay = (() => {
  "use strict";

  const known = globalThis.gttMessages;
  if (!known) return (text) => text;
  const SENTENCE = /.+?[.;?!](?= |$)|.+$/gs;
  const NUMBER = /(?:(?<![\p{L}\p{N}_])[+−-])?\d+(?:\.\d+)?(?: times ten to the (?:minus )?\d+)?/gu;
  const point = known["0.5"]?.[1] ?? ".";
  const number = (written) => written.replace(".", point).replace(/times ten to the(?: minus)?/, (words) => known[words] ?? words);

  return (text) =>
    text.replace(SENTENCE, (found) => {
      const numbers = [], sentence = found.trim();
      const key = sentence.replace(NUMBER, (written) => `{${numbers.push(written) - 1}}`);
      const pattern = known[key] ?? (/\p{L}/u.test(key) ? null : key);
      if (pattern === null) return found;
      return found.replace(sentence, () => pattern.replace(/\{(\d+)\}/g, (_, k) => number(numbers[k])));
    });
})();
