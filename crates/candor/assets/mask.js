// Fills the numbers of a mask when somebody draws it in the picture. Without it the numbers are written by hand.
const picture = document.getElementById("frame");
const drawn = document.getElementById("drawn");
const field = (name) => document.getElementById(name);

const point = (event) => {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  const { width, height } = picture.viewBox.baseVal;
  return { x: Math.min(Math.max(at.x, 0), width), y: Math.min(Math.max(at.y, 0), height) };
};

const show = (a, b) => {
  const left = Math.floor(Math.min(a.x, b.x));
  const top = Math.floor(Math.min(a.y, b.y));
  const box = { x: left, y: top, width: Math.ceil(Math.max(a.x, b.x)) - left, height: Math.ceil(Math.max(a.y, b.y)) - top };
  for (const [name, value] of Object.entries(box)) {
    drawn.setAttribute(name, value);
    field(name).value = value;
  }
};

if (picture && field("x")) {
  let start = null;
  picture.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    start = point(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (start) show(start, point(event));
  });
  picture.addEventListener("pointerup", () => {
    start = null;
  });
}
