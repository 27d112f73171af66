@echo off
rem The command line in a clone: installs and builds what is missing, then runs.
setlocal
set "node=%~dp0node_modules\node\bin\node.exe"
if not exist "%node%" set "node=node"
if "%node%"=="node" (
  where node >nul 2>nul || (
    echo trailhound: Node.js is missing. Install version 20 or later: https://nodejs.org 1>&2
    exit /b 1
  )
)
"%node%" "%~dp0scripts\launch.mjs" dist/cli.cjs %*
