/** Stands for the parts of vega that pages do without; what is imported from them is never called. */
const leftOut = (): null => null;

export {
  leftOut as contour,
  leftOut as crossfilter,
  leftOut as geo,
  leftOut as isocontour,
  leftOut as label,
  leftOut as tree,
};
