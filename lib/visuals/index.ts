export { type Drawn, drawPicture, pictureToHtml, pictureToPng } from './draw-picture.ts';
export { installedFontPaths } from './fonts.ts';
export { matrixOptions, matrixPictureOf } from './matrix/draw-matrix.ts';
export { drawProcessTree, processTreeOptions } from './process-tree/draw-process-tree.ts';
export { timelineOf, timelineOptions } from './timeline/draw-timeline.ts';
