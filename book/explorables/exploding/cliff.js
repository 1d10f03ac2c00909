// The twin of cliff.py.
const { fixed, general, readable, spoken } = tools;

function told({ path, longest, error }) {
  const [w, b] = path.at(-1);
  return (
    `the longest step has length ${spoken(longest)}, the end is w = ${fixed(w, 2)}, b = ${fixed(b, 2)} with a mean error of ` +
    `${fixed(error, 3)} over the last ${LAST} updates`
  );
}

const title = (name, run) => `${name}:\nlongest step ${readable(run.longest)}, at the end E = ${fixed(run.error, 3)}`;

live(
  "cliff",
  ({ w, b, rate, threshold }) => {
    const free = descend(w, b, rate), clipped = descend(w, b, rate, threshold), at = `Clipped at ${general(threshold)}`;
    return {
      free: free.path,
      clipped: clipped.path,
      "start-free": [[w, b]],
      "start-clipped": [[w, b]],
      "title-free": title("No clipping", free),
      "title-clipped": title(at, clipped),
      words:
        "Two panels of the loss over w and b with a sharp edge along a falling line. Both descents start at w = " +
        `${fixed(w, 2)}, b = ${fixed(b, 2)} with rate ${fixed(rate, 2)} and make ${UPDATES} updates. Without clipping: ` +
        `${told(free)}. ${at}: ${told(clipped)}.`,
    };
  },
  { "start-clipped": ([w, b]) => ({ w, b }) },
);
