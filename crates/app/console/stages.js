// How the stages of an ad hang together.

export const STAGES = ["lyric", "song", "video"];
export const OPEN = ["requested", "writing", "submitting", "composing", "rendering", "collecting", "unresolved"];

export const ready = (stage) => stage?.status === "ready";

/** The stage that stands between the project and a video, or `null`. */
export function missing(project) {
  if (!ready(project.lyric)) return "lyric";
  if (!ready(project.song) || project.song.lyric_id !== project.lyric.id) return "song";
  if (!ready(project.video) || project.video.song_id !== project.song.id) return "video";
  return null;
}

/** What is there but belongs to words or a song that were replaced. */
export function outdated(project, stage) {
  const { lyric, song, video } = project;
  if (stage === "song") return ready(song) && song.lyric_id !== lyric?.id;
  if (stage === "video") return ready(video) && (video.song_id !== song?.id || outdated(project, "song"));
  return false;
}
