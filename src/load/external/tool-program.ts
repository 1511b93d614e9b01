export { findToolProgram as findTool, type ToolProgram, type ToolQuery } from '../../store/tool-program.js';
