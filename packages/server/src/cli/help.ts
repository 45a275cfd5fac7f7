import { exitTable } from './exit-codes.ts';

const PERSON = `  --seed N           same seed, same patient (default 7)
  --age YEARS        18 to 95
  --sex F|M
  --stature CM       140 to 210
  --pathology WHAT   what the patient has; may be repeated:
                     L5/S1:pfirrmann=1…5  L5/S1:modic=0…3  L5/S1:herniation[=MM|none]
                     L5/S1:bulge=MM  L4/L5:slip=MM  L1:fracture=wedge|biconcave
                     lumbar=4|5|6  canal=SCALE  scoliosis=MM  only (nothing else)`;

/** What each command's --help says. */
export const HELP: Readonly<Record<string, string>> = {
  '': `promontory reads lumbar-spine MRI: a study in, a measured and graded reading out.
Research and decision support; not a medical device. A person reviews and signs.

Usage: promontory COMMAND …

  analyze PATH… --out DIR   read a study; write findings, segmentation, pictures, report
  serve                     run the archive: receive, keep, read and give back studies
  fsck, backup, restore     look after the archive; anchor: a mark of its audit, kept elsewhere
  reseal                    seal the archive's images with a new key
  demo                      make a demonstration patient, read it, show the report
  phantom --out DIR         make a simulated patient with known truth as DICOM
  validate DATASET --out DIR score the models on labelled studies
  deidentify PATH… --out DIR copy DICOM objects without what identifies the patient
  inspect PATH…             list series, their roles and problems

  --help                    of promontory or of a command
  --version

Examples:
  promontory demo
  promontory analyze scans/ --out results/
  promontory analyze --help

Exit codes:
${exitTable()
  .map(([code, , meaning]) => `  ${String(code).padStart(3)}  ${meaning}`)
  .join('\n')}
  130  interrupted (Ctrl-C); nothing is half-written
`,
  serve: `Usage: promontory serve [options]

Runs the archive on this computer: DICOMweb, a page to look at, and, where the settings say so,
DICOM (DIMSE). What arrives is kept as received and read once it is complete. The first start
prints a link that signs the administrator in; nothing is open to the network by default.

  --data DIR       data folder (default ~/.local/share/promontory; with --demo out/archive)
  --settings FILE  settings as JSON: docs/server.md
  --port N         8380 by default; 0 takes one that is free
  --demo           put a demonstration patient into an empty archive, and read it
  --no-open        do not open the browser
  --json           print where the server is as JSON, and its log as JSON lines
  --quiet          print nothing but errors

The environment may hold DATABASE_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
PROMONTORY_PACS_PASSWORD or PROMONTORY_PACS_TOKEN, and PROMONTORY_OIDC_CLIENT_SECRET. Ctrl-C ends
the server; nothing acknowledged is lost.
`,
  fsck: `Usage: promontory fsck [options]

Compares the archive's index with its bytes, the counts with the rows, and follows the chain of
the audit. Exit code 12 where something does not agree.

  --deep           read every byte again and hold it against its hash
  --repair         take away bytes that nothing names, set counts right
  --anchor FILE    hold the audit against anchors kept elsewhere (promontory anchor)
  --data DIR       data folder of the archive (default ~/.local/share/promontory)
  --settings FILE  settings as for serve
  --json           print the result as JSON
  --quiet          print nothing but errors
`,
  backup: `Usage: promontory backup --out DIR [options]

Writes the tables and all bytes that DIR does not have yet. Sealed with the archive's keys where
it has any. A backup that was cut off can be run again.

  --out DIR         folder of the backup; the same folder again takes only what is new
  --forget-removed  take out of DIR what the archive no longer names (after an erasure)
  --data DIR       data folder of the archive (default ~/.local/share/promontory)
  --settings FILE  settings as for serve
  --json           print the result as JSON
  --quiet          print nothing but errors
`,
  restore: `Usage: promontory restore BACKUP [options]

Fills an empty archive from a backup, after all of it was held against its hashes.

  --data DIR       data folder of the archive (default ~/.local/share/promontory)
  --settings FILE  settings as for serve
  --json           print the result as JSON
  --quiet          print nothing but errors
`,
  reseal: `Usage: promontory reseal [options]

Seals with the first key of the key file what older keys sealed (encryption at rest). Put the new
key above the old one, start every server of this archive anew, and run this; afterwards the old
line may go. It may be ended at any moment and run again: it goes on with what is left. Exit code
12 where something stays sealed with an older key, or none of the keys opens it.

  --data DIR       data folder of the archive (default ~/.local/share/promontory)
  --settings FILE  settings as for serve, with storage.keyFiles
  --json           print the result as JSON
  --quiet          print nothing but errors
`,
  anchor: `Usage: promontory anchor [options]

Prints the end of the audit's chain. Kept outside the archive, it shows whether the chain was
written anew (promontory fsck --anchor FILE).

  --out FILE       add it as a line to a file outside the data folder
  --data DIR       data folder of the archive (default ~/.local/share/promontory)
  --settings FILE  settings as for serve
  --json           print the result as JSON
  --quiet          print nothing but errors
`,
  analyze: `Usage: promontory analyze PATH… --out DIR [options]

PATH is a folder (read with all below it), a ZIP archive, or a DICOM, NIfTI (.nii, .nii.gz),
MetaImage (.mha) or PNG file. Names do not matter. Nothing leaves this computer.

  --out DIR      folder for the results; it and its parents are created
  --force        write into a folder that holds something; earlier results are replaced
  --study UID    which study, where the input holds several
  --spacing MM   pixel size of a PNG; without it there are no millimetres
  --lumbar N     4, 5 or 6 lumbar vertebrae, where you know
  --json         print the findings as JSON, errors too
  --quiet        print nothing but errors

DIR then holds findings.json, outline.json, segmentation.nii.gz, report.html and key-images/*.png, or nothing.

Examples:
  promontory analyze scans/ --out results/
  promontory analyze study.zip --out results/ --force
  promontory analyze slice.png --spacing 0.6 --out results/
  promontory analyze two-studies/ --study 1.2.840.1 --out results/
  promontory analyze scans/ --out results/ --json | jq '.discs[] | {label, heights}'
`,
  demo: `Usage: promontory demo [options]

Makes a simulated patient, reads it and shows the report (its path, where there is no display).

  --out DIR          folder for study and results (default out/demo, replaced each time)
  --force            write into a folder that holds something
  --no-open          do not open the report
  --json             print the findings as JSON, errors too
  --quiet            print nothing but errors
${PERSON}

Examples:
  promontory demo
  promontory demo --seed 3 --age 71 --sex F --out demo-71
  promontory demo --pathology L5/S1:herniation=7 --pathology L4/L5:slip=6
`,
  phantom: `Usage: promontory phantom --out DIR [options]

Writes a simulated patient: sagittal T1 and T2 and axial T2 as DICOM, truth.json, labels.nii.gz.

  --out DIR          folder for the study; it and its parents are created
  --force            write into a folder that holds something
  --json             print what was made as JSON, errors too
  --quiet            print nothing but errors
${PERSON}

Examples:
  promontory phantom --out phantom-7
  promontory phantom --out six --pathology lumbar=6 --pathology only
  promontory phantom --out slip --age 66 --sex F --pathology L4/L5:slip=7 --pathology L4/L5:pfirrmann=4
`,
  validate: `Usage: promontory validate DATASET --out DIR [options]

Reads every study of a labelled dataset and writes how well the reading agrees with the labels:
validation.html, validation.json, and discs.csv with every graded disc. DATASET is SPIDER as
published (images/, masks/, radiological_gradings.csv, overview.csv) or a folder with labels.csv
and studies/; see docs/validation.md. A study that cannot be read is listed and the others go on.

  --out DIR      folder for the results; it and its parents are created
  --force        write into a folder that holds something; earlier results are replaced
  --studies A,B  these studies only, for example those that nothing was trained on
  --json         print the figures as JSON, errors too
  --quiet        print nothing but errors

Examples:
  promontory validate SPIDER/ --out validation/
  promontory validate our-clinic/ --studies 17,28,41 --out validation/
`,
  deidentify: `Usage: promontory deidentify PATH… --out DIR [options]

Copies DICOM objects without what identifies the patient (DICOM PS3.15 Annex E), and says of each
attribute what was done. PATH is a folder (with all below it), a ZIP archive or a DICOM file.
It removes no faces and finds no text in pixels by itself; see docs/deidentification.md.

  --out DIR            folder for the copies; it and its parents are created
  --force              write into a folder that holds something
  --key-file FILE      secret key, made where it is not there; not below DIR. The same key gives the
                       same pseudonyms. Default: deidentify.key in your configuration folder
  --retain WHAT        keep more than the basic profile; may be repeated or listed with commas:
                       dates | modified-dates, characteristics, device, uids, institution, safe-private
  --clean-descriptors  keep the known words of descriptions
  --clean-structured   keep structured reports, with the known words of their texts
  --blank X,Y,W,H      blank a rectangle of pixels; may be repeated. COLUMNSxROWS:X,Y,W,H for images
                       of one size only. Allows objects that are refused for text in their pixels
  --json               print the summary as JSON, errors too
  --quiet              print nothing but errors

DIR then holds STUDY/SERIES/INSTANCE.dcm by their new UIDs and deidentification-report.json.

Examples:
  promontory deidentify scans/ --out shared/
  promontory deidentify scans/ --out shared/ --retain modified-dates,characteristics --clean-descriptors
  promontory deidentify captures/ --out shared/ --blank 1024x768:0,0,1024,60
`,
  inspect: `Usage: promontory inspect PATH… [options]

Lists the studies, series, roles and problems of an input, and marks (▸) the series that a reading
would use. Nothing is written.

  --study UID    one study only
  --spacing MM   pixel size of a PNG
  --json         as JSON, errors too
  --quiet        no progress

Examples:
  promontory inspect scans/
  promontory inspect study.zip --json
`,
};
