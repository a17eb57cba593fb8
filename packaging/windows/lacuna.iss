; The installer for Windows, made by Inno Setup 6 of dist\lacuna:
;   iscc /DVersion=0.1.0 packaging\windows\lacuna.iss
; It installs for one user without asking for rights, or for all with /ALLUSERS.

#ifndef Version
  #error Say which version: iscc /DVersion=0.1.0 packaging\windows\lacuna.iss
#endif

[Setup]
AppId={{6F0B7C1E-6A5C-4B55-9C57-3B0E3F2D8A41}
AppName=Lacuna
AppVersion={#Version}
AppVerName=Lacuna {#Version}
AppPublisher=Lacuna developers
VersionInfoVersion={#Version}
SourceDir=..\..
OutputDir=dist\out
OutputBaseFilename=lacuna-{#Version}-windows-setup
DefaultDirName={autopf}\Lacuna
DefaultGroupName=Lacuna
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=LICENSE
SetupIconFile=build\icons\lacuna.ico
UninstallDisplayIcon={app}\lacunaw.exe
UninstallDisplayName=Lacuna
ChangesAssociations=yes
ChangesEnvironment=yes
WizardStyle=modern
Compression=lzma2/normal
SolidCompression=yes
LZMAUseSeparateProcess=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[CustomMessages]
en.OpenWith=Offer Lacuna under "Open with" for photographs
de.OpenWith=Lacuna unter „Öffnen mit“ für Fotos anbieten
en.ToPath=Add lacuna to PATH, for the command line and other programs
de.ToPath=lacuna in den PATH aufnehmen, für die Befehlszeile und andere Programme

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "openwith"; Description: "{cm:OpenWith}"
Name: "topath"; Description: "{cm:ToPath}"; Flags: unchecked

[Files]
Source: "dist\lacuna\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[InstallDelete]
; what an older version had and this one has not
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{autoprograms}\Lacuna"; Filename: "{app}\lacunaw.exe"
Name: "{autodesktop}\Lacuna"; Filename: "{app}\lacunaw.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Lacuna"; Flags: uninsdeletekey; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe\shell\open\command"; ValueType: string; ValueData: """{app}\lacunaw.exe"" ""%1"""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe\SupportedTypes"; ValueType: string; ValueName: ".jpeg"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe\SupportedTypes"; ValueType: string; ValueName: ".tif"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe\SupportedTypes"; ValueType: string; ValueName: ".tiff"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Classes\Applications\lacunaw.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""; Tasks: openwith
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\lacuna.exe"; ValueType: string; ValueData: "{app}\lacuna.exe"; Flags: uninsdeletekey

[Run]
Filename: "{app}\lacunaw.exe"; Description: "{cm:LaunchProgram,Lacuna}"; Flags: nowait postinstall skipifsilent

[Code]
function PathKey(): String;
begin
  if IsAdminInstallMode then
    Result := 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  else
    Result := 'Environment';
end;

function PathRoot(): Integer;
begin
  if IsAdminInstallMode then Result := HKLM else Result := HKCU;
end;

procedure CurStepChanged(Step: TSetupStep);
var
  Old: String;
begin
  if (Step <> ssPostInstall) or not WizardIsTaskSelected('topath') then exit;
  if not RegQueryStringValue(PathRoot(), PathKey(), 'Path', Old) then Old := '';
  if Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Old) + ';') > 0 then exit;
  if (Old <> '') and (Old[Length(Old)] <> ';') then Old := Old + ';';
  RegWriteExpandStringValue(PathRoot(), PathKey(), 'Path', Old + ExpandConstant('{app}'));
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Old, App: String;
  At: Integer;
begin
  if Step <> usPostUninstall then exit;
  if not RegQueryStringValue(PathRoot(), PathKey(), 'Path', Old) then exit;
  App := ';' + Uppercase(ExpandConstant('{app}')) + ';';
  At := Pos(App, ';' + Uppercase(Old) + ';');
  if At = 0 then exit;
  Delete(Old, At, Length(App) - 1);
  RegWriteExpandStringValue(PathRoot(), PathKey(), 'Path', Old);
end;
