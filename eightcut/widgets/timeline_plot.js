// The timeline of one version, perhaps with another one's regions below it.

const kind = {
  paint,
  lanes: (height, state) => lanes(height, Boolean(state.otherLabel)),
  holds: () => true, // a region takes the whole height
  pulls: true, // Shift and a drag move an edge
  zooms: "z",
  readers: () => ({}),
  begin: () => {},
};

export default { render: (context) => timeline(context, kind) };
