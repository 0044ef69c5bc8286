# shellcheck shell=sh
# What packaging/build and packaging/smoke have in common.

# Prints what builds and runs containers here: docker with a daemon, podman or buildah, or nothing where none of them is there. TUCKET_CONTAINER names
# one of them, "none" none.
engine() {
  case ${TUCKET_CONTAINER:-} in
    none) ;;
    ?*) printf '%s\n' "$TUCKET_CONTAINER" ;;
    *)
      if command -v docker >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
        echo docker
      elif command -v podman >/dev/null 2>&1; then
        echo podman
      elif command -v buildah >/dev/null 2>&1; then
        echo buildah
      fi
      ;;
  esac
}
