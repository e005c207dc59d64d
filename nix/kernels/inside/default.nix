{ runCommand, bashInteractive }:
/**
  What kernels have against installations from a notebook: programs called pip, conda and the like, which answer with the command
  that changes the manifest, and IPython's commands (`%pip`, `%conda`, `%jupyflake`) in `startup.py`.

  All kernels share it: which kernel asks stands in JUPYFLAKE_KERNEL.
*/
runCommand "inside"
  {
    commands = ./commands.py;
    answers = ./answers.py;
    offer = ./offer.html;
    startup = ./startup.py;
    program = ./install.sh;
    bash = "${bashInteractive}/bin/bash";
  }
  ''
    mkdir -p "$out/bin"
    cp "$commands" "$out/commands.py"
    cp "$answers" "$out/answers.py"
    cp "$offer" "$out/offer.html"
    sed "s|@inside@|$out|" "$startup" > "$out/startup.py"
    { echo "#!$bash"; cat "$program"; } > "$out/bin/pip"
    chmod 555 "$out/bin/pip"
    for name in pip3 conda mamba micromamba; do
      ln -s pip "$out/bin/$name"
    done
  ''
