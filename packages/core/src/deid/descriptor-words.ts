/**
 * Words that may stay when descriptions are cleaned (113105) and texts of structured content (113104): anatomy, planes,
 * weightings, sequences and vendors' names for them. A word that is not here goes, whatever it is: nobody can list all
 * names, but what describes a spine MRI can be listed.
 */
const WORDS = `
  abdomen acetabulum acute adc ankle annular annulus anterior aorta apex ap arm artifact asc average axial
  back bilateral body bone brain breast bulge bulging
  canal cauda central cervical cervicothoracic chest chronic coccyx coil cord coronal cor contrast cube cyst
  degeneration degenerative desiccation diffuse diffusion disc discs disk disks dix dixon dce dti dual dwi dynamic
  echo ecg edema elbow endplate endplates enhanced epi epidural equina ex exam extension extrusion
  facet facets fast fat fatsat fe fflair ffe fiesta field fiducial finding findings first flair flash flexion fluid
  focal foot foramen foramina foraminal fov frfse fs fse fracture
  gad gadolinium gd ge gradient grase grade grappa gre haste head height hemangioma herniated herniation hip hr
  imaging image images impression in inversion ir isotropic
  joint knee kyphosis l lateral lava left leg ligament ligamenta ligamentum limb localiser localizer lordosis
  low lower lspine lumbar lumbosacral lumbal lws
  magnet marrow measure measurement medial mediolateral merge mild mip mobiview moderate modic motion mpr mr mra mri mrt ms
  multi multiplanar muscle myelo myelogram myelography
  narrowing neck nerve neural no non none normal nucleus
  oblique of opp or orbit os osteophyte out
  paracentral paraspinal pd pelvis pfirrmann phase phantom plane planar post posterior pre prior prone protrusion proton psif
  psoas
  quadratus r radial radiculopathy recess recon recovery reformat reformatted repeat resolution rhizarthrosis right root roots routine rs
  s sac sacral sacroiliac sacrum sag sagittal sat scan scoliosis scout screening se sense seq sequence sequestration
  series severe shoulder si signal single slab slice slices slip space spair spgr spin spinal spine spir spoiled spondylolisthesis
  spondylosis ssfse standard stenosis stir study subarticular subtraction supine supraspinous suppressed survey swi
  t te thecal thick thin third thoracic thoracolumbar thorax ti time tirm tof torso tr tra trans transitional transversal transverse
  trim trufi tse tumor turbo two upper ultrafast
  vertebra vertebrae vertebral vibe vista volume
  w water weighted wfs whole wi with without wrist ws zoomit
  and at by for from the to
  ax c d h hf fh lr rl pa si is ph
`;

const allowed = new Set(WORDS.trim().split(/\s+/));

/**
 * T1, T2w, 3D, L5, S1, 4mm and the like: letters that are a word of the list (or a unit) with at most two digits on
 * either side.
 */
const MIXED = /^(\d{0,2})([a-z]*)(\d{0,2})([a-z]{0,3})$/;
const UNITS = new Set(['mm', 'cm', 'w', 'wi', 'd', 'deg', 'ms', 's', 'x', 'b']);

function isAllowed(word: string): boolean {
  if (allowed.has(word)) return true;
  const match = MIXED.exec(word);
  if (match === null) return false;
  const [, before, letters, after, end] = match;
  // Two digits are a level or a size; four could be a year or part of a telephone number.
  if (before === '' && after === '') return false;
  if (letters === '' && before !== '' && after !== '') return false;
  const known = (part: string) => part === '' || allowed.has(part) || UNITS.has(part);
  return known(letters) && known(end);
}

/** The allowed words of a text in their order, one space between them; `''` where none is. */
export function allowedWords(text: string): string {
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => isAllowed(word.toLowerCase()))
    .join(' ');
}
