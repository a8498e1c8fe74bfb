// Walks from step to step: arrow keys, and play. The links do the same without it.
const link = (rel) => document.querySelector(`a[rel="${rel}"]`);
const STEP_MS = 1500;
const playing = location.hash === "#play";

const go = (to, hash = "") => to && location.replace(to.href + hash);

document.addEventListener("keydown", (event) => {
  const modified = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
  if (modified || event.target.closest("input, select, textarea, pre")) return;
  if (event.key === "ArrowRight") go(link("next"));
  if (event.key === "ArrowLeft") go(link("prev"));
});

const play = document.getElementById("play");
const next = link("next");
if (play && (next || playing)) {
  play.hidden = false;
  let timer = null;
  const stop = () => {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Play";
    history.replaceState(null, "", location.pathname);
  };
  const start = () => {
    play.textContent = "Stop";
    timer = setTimeout(() => go(next, "#play"), STEP_MS);
  };
  play.addEventListener("click", () => (timer ? stop() : start()));
  if (playing && next) start();
  if (playing && !next) play.hidden = true;
  if (playing) play.focus();
}
