export { type Drawn, drawPicture, pictureToHtml, pictureToPng } from './draw-picture.ts';
export { installedFontPaths } from './fonts.ts';
export { mapOf, mapOptions } from './map/draw-map.ts';
export { matrixOptions, matrixPictureOf } from './matrix/draw-matrix.ts';
export { drawProcessTree, processTreeOptions } from './process-tree/draw-process-tree.ts';
export { timeSeriesOf, timeSeriesOptions } from './time-series/draw-time-series.ts';
export { timelineOf, timelineOptions } from './timeline/draw-timeline.ts';
export { timelineDurationOf, timelineDurationOptions } from './timeline/draw-timeline-duration.ts';
export { timelineValuesOf, timelineValuesOptions } from './timeline/draw-timeline-values.ts';
